namespace Quorate.Services.Replication;

/// <summary>Why a call on a group failed.</summary>
public enum ReplicationError
{
    /// <summary>No leader is known or can be reached. The command was not applied and will not be.</summary>
    NoLeader,

    /// <summary>Time ran out. The command may have been applied, or may be applied later.</summary>
    Timeout,

    /// <summary>Too much is under way. The command was not applied and will not be.</summary>
    Overloaded,

    /// <summary>The command is larger than the bound. It was not applied.</summary>
    TooLarge,

    /// <summary>This node is stopping. The command may have been applied.</summary>
    Stopping,

    /// <summary>The node that was called could not be reached or answered with an error.</summary>
    Unreachable,

    /// <summary>The disk of the leader is full, or this node's is and there is no leader. The command was not applied and will not be.</summary>
    DiskFull,
}

/// <summary>A call on a group failed.</summary>
/// <param name="error">Why.</param>
/// <param name="message">What happened, for people.</param>
public sealed class ReplicationException(ReplicationError error, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public ReplicationError Error { get; } = error;
}
