namespace Quorate.Services.Recipes;

/// <summary>The session on which something was held or waited for is over, and with it all that was held on it.</summary>
/// <param name="message">What happened, for people.</param>
/// <param name="inner">What caused it, or null.</param>
public sealed class SessionLostException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A guarded write was refused: its holder does not hold any more. Nothing was written.</summary>
/// <param name="fence">The holder.</param>
public sealed class StaleHolderException(Fence fence)
    : Exception($"The holder with token {fence.Token} does not hold any more; nothing was written.")
{
    /// <summary>The stale holder's token.</summary>
    public long Token { get; } = fence.Token;
}

/// <summary>Why a watch ended.</summary>
public enum WatchEndReason
{
    /// <summary>Events that it had yet to tell were compacted away: read the state anew, and watch from there.</summary>
    Compacted,

    /// <summary>The store refused it; the message says why.</summary>
    Refused,
}

/// <summary>A watch ended, which it does for a reason only; a node that is lost is none.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">What happened, for people.</param>
/// <param name="firstRevision">The first revision that can still be watched, where the reason is compaction; else 0.</param>
public sealed class WatchEndedException(WatchEndReason reason, string message, long firstRevision = 0) : Exception(message)
{
    /// <summary>Why.</summary>
    public WatchEndReason Reason { get; } = reason;

    /// <summary>The first revision that can still be watched, where the reason is compaction; else 0.</summary>
    public long FirstRevision { get; } = firstRevision;
}
