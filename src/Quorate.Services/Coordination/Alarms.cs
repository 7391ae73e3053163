namespace Quorate.Services.Coordination;

/// <summary>What is wrong. The numbers are etcd's, and part of the log's format.</summary>
public enum AlarmKind
{
    /// <summary>Nothing in particular; in a question: any kind.</summary>
    None = 0,

    /// <summary>The store's quota is used up: puts and grants are refused; deletions and compactions are not.</summary>
    NoSpace = 1,

    /// <summary>Replicas differ: every write is refused.</summary>
    Corrupt = 2,
}

/// <summary>How many kinds of alarms there are.</summary>
internal static class AlarmKinds
{
    /// <summary>One more than the largest number.</summary>
    public const int Count = 3;
}

/// <summary>An alarm of one member.</summary>
/// <param name="MemberId">Which member raised it.</param>
/// <param name="Kind">What is wrong.</param>
public readonly record struct Alarm(ulong MemberId, AlarmKind Kind);

/// <summary>Alarms, and the store as of them.</summary>
public sealed record AlarmResponse(ResponseHeader Header, IReadOnlyList<Alarm> Alarms);
