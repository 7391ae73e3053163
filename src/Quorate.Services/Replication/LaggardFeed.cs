using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Journal;

namespace Quorate.Services.Replication;

/// <summary>
/// Feeds followers that are behind what the core holds in memory: reads the entries back from the log, and keeps what else goes to such a
/// follower in order behind them.
/// </summary>
internal sealed class LaggardFeed(HostContext host, ulong group, GroupJournal journal) : IDisposable
{
    // More than the window of messages in flight, and some heartbeats.
    private const int QueuedMax = 256;

    private readonly SortedDictionary<NodeId, Queue<AppendRequest>> queues = [];
    private readonly CancellationTokenSource stop = new();

    /// <summary>Sends a message that is whole.</summary>
    public required Action<NodeId, AppendRequest> Send { get; init; }

    /// <summary>Called when messages to a follower were dropped.</summary>
    public required Action<NodeId> Lost { get; init; }

    /// <summary>Whether the term of a message is over.</summary>
    public required Func<long, bool> IsLeaderOf { get; init; }

    /// <summary>Takes a message that has to be read from the disk, or that follows one.</summary>
    /// <returns>Whether it was taken; else it is to be sent at once.</returns>
    public bool Take(NodeId to, AppendRequest message)
    {
        if (queues.TryGetValue(to, out var queue))
        {
            if (queue.Count < QueuedMax)
                queue.Enqueue(message);
            else
                Lost(to);
            return true;
        }

        if (message.Entries is not LogSlice { Released: > 0 })
            return false;
        queue = new Queue<AppendRequest>([message]);
        queues.Add(to, queue);
        _ = RunAsync(to, queue);
        return true;
    }

    public void Dispose() => stop.Cancel();

    private async Task RunAsync(NodeId to, Queue<AppendRequest> queue)
    {
        var sent = false;
        try
        {
            await using var reader = new EntryReader(host.Journal, journal);
            sent = await SendAllAsync(reader, to, queue);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or MalformedInputException)
        {
            host.Machine.Telemetry.Record(
                Severity.Warning, "replication", $"Group {group}: reading the log for {to} failed: {e.Message}");
        }

        queues.Remove(to);
        if (!sent && !stop.IsCancellationRequested)
            Lost(to);
    }

    private async ValueTask<bool> SendAllAsync(EntryReader reader, NodeId to, Queue<AppendRequest> queue)
    {
        while (queue.TryPeek(out var message))
        {
            if (IsLeaderOf(message.Term))
            {
                IReadOnlyList<Entry>? entries = message.Entries is LogSlice { Released: > 0 } run
                    ? await reader.ReadAsync(run, stop.Token)
                    : message.Entries;
                if (entries is null)
                    return false;
                Send(to, message with { Entries = entries });
            }

            queue.Dequeue();
        }

        return true;
    }
}
