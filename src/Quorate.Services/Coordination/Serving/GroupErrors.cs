using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Serving;

/// <summary>Says in the service's words why the group could not do something.</summary>
internal static class GroupErrors
{
    /// <summary>Translates an error.</summary>
    /// <param name="e">The group's error.</param>
    public static CoordinationException Translate(ReplicationException e) => e.Error switch
    {
        ReplicationError.NoLeader => CoordinationErrors.Of(CoordinationError.NoLeader),
        ReplicationError.Overloaded => CoordinationErrors.Of(CoordinationError.TooManyRequests),
        ReplicationError.TooLarge => CoordinationErrors.Of(CoordinationError.RequestTooLarge),
        ReplicationError.Stopping => CoordinationErrors.Of(CoordinationError.Stopped),
        ReplicationError.DiskFull => CoordinationErrors.Of(CoordinationError.NoSpace),
        _ => CoordinationErrors.Of(CoordinationError.Timeout),
    };
}
