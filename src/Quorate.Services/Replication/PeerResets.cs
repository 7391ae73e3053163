using Quorate.Kernel.Identity;

namespace Quorate.Services.Replication;

/// <summary>
/// Tells the core that what was sent to a peer is lost, a heartbeat after it was dropped and once for all that is dropped until then. The core
/// answers by sending again: told at once, it would send into the same full queue, and do nothing else while that is full.
/// </summary>
internal sealed class PeerResets(TimeProvider clock, TimeSpan after, Action<NodeId> reset) : IDisposable
{
    private readonly SortedSet<NodeId> waiting = [];
    private readonly CancellationTokenSource stop = new();

    /// <summary>A message to a peer was dropped.</summary>
    public void Dropped(NodeId peer)
    {
        if (waiting.Add(peer))
            _ = ResetAsync(peer);
    }

    public void Dispose() => stop.Cancel();

    private async Task ResetAsync(NodeId peer)
    {
        try
        {
            await Task.Delay(after, clock, stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        waiting.Remove(peer);
        reset(peer);
    }
}
