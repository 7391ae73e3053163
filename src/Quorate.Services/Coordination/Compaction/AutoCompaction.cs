namespace Quorate.Services.Coordination.Compaction;

/// <summary>How much history is kept without anybody asking for its compaction.</summary>
public abstract record AutoCompaction
{
    private AutoCompaction()
    {
    }

    /// <summary>Keeps the revisions of a time. Looked at ten times in it, and at least every six minutes.</summary>
    /// <param name="Retention">The time; at least one second.</param>
    public sealed record ByTime(TimeSpan Retention) : AutoCompaction;

    /// <summary>Keeps a number of revisions. Looked at every five minutes.</summary>
    /// <param name="Retention">The number; at least one.</param>
    public sealed record ByRevision(long Retention) : AutoCompaction;
}
