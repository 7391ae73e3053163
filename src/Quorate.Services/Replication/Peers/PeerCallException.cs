namespace Quorate.Services.Replication.Peers;

/// <summary>Why a call on another node failed.</summary>
internal enum PeerCallError
{
    /// <summary>It was never sent.</summary>
    NotSent,

    /// <summary>The connection broke; the other node may have served the call.</summary>
    Lost,

    /// <summary>Time ran out; the other node may have served the call.</summary>
    TimedOut,

    /// <summary>The other node serves too many calls; it did not begin this one.</summary>
    Overloaded,

    /// <summary>The other node answered with an error.</summary>
    Failed,
}

/// <summary>A call on another node failed.</summary>
internal sealed class PeerCallException(PeerCallError error, string message) : Exception(message)
{
    public PeerCallError Error { get; } = error;
}
