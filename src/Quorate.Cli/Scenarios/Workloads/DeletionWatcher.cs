using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>
/// Opens watches at the compacted revision and at revisions that are still to come, at any node: the first event is that of the revision, and
/// nothing is told that lies before it.
/// </summary>
internal sealed class DeletionWatcher(SimulatedCluster cluster, CompactionBoard board, int number)
{
    private const int AheadMax = 8;
    private static readonly ReadOnlyMemory<byte> AllKeys = new byte[1];
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan WatchMax = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);

    /// <summary>Watches until the cluster ends.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        var turns = cluster.World.OperationsOf($"watch-{number}");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn)
        {
            var node = cluster.Nodes[turn.Random.Next(cluster.Nodes.Count)];
            var ahead = turn.Random.Next(3) == 0 ? 1 + turn.Random.Next(AheadMax) : 0;
            var start = ahead > 0 ? board.Acknowledged + ahead : board.Asked;
            if (start > 0 && node.Service is { } service)
                await WatchAsync(machine, service.OpenWatchStream(), start, turn.Random);
        }
    }

    private async Task WatchAsync(IMachine machine, IWatchStream stream, long start, Random pauses)
    {
        cluster.Metrics.Add("watches from a revision");
        stream.Create(new WatchCreateRequest(AllKeys, AllKeys, StartRevision: start, ProgressNotify: true));
        stream.RequestProgress();
        var begun = machine.Clock.GetTimestamp();
        var (known, isFirst) = (start - 1, true);
        var told = new HashSet<long>();
        while (machine.Clock.GetElapsedTime(begun) is var passed && passed < WatchMax)
        {
            if (await WatchReading.NextAsync(stream, machine, WatchMax - passed) is not { } message)
                break;
            if (message.Canceled)
            {
                CheckRefusal(message, start);
                break;
            }

            isFirst &= !CheckFirst(message, start, isFirst);
            known = Check(message, start, known);
            told.UnionWith(message.Events.Select(e => e.KeyValue.ModRevision));
            if (pauses.Next(2) == 0)
                await Task.Delay(PauseMax * pauses.NextDouble(), machine.Clock);
        }

        if (board.Missing(start, known, told) is > 0 and var missing)
            throw new ViolationException($"a watch from revision {start} was told of revision {known}, and not of revision {missing} before it");
        _ = WatchReading.CloseAsync(stream);
    }

    // Only what somebody asked to compact can be gone.
    private void CheckRefusal(WatchMessage message, long start)
    {
        if (message.CompactRevision > 0 && start >= board.Asked)
            throw new ViolationException(
                $"a watch from revision {start} was told that all before {message.CompactRevision} is gone, and nobody asked beyond {board.Asked}");
    }

    /// <returns>Whether the message held the first events.</returns>
    private bool CheckFirst(WatchMessage message, long start, bool isFirst)
    {
        if (!isFirst || message.Events is not [var first, ..])
            return false;
        if (board.DeletionAt(start) is { } key && (first.KeyValue.ModRevision != start || !first.IsDelete))
            throw new ViolationException(string.Create(
                CultureInfo.InvariantCulture,
                $"a watch from revision {start}, which deleted {key}, began with revision {first.KeyValue.ModRevision}"));
        cluster.Metrics.Add("watches that began at a deletion", board.DeletionAt(start) is null ? 0 : 1);
        return true;
    }

    // Every write of these clients is a revision of its own.
    private static long Check(WatchMessage message, long start, long known)
    {
        foreach (var e in message.Events)
        {
            if (e.KeyValue.ModRevision <= known)
                throw new ViolationException(
                    $"a watch from revision {start} was told of {Encoding.UTF8.GetString(e.KeyValue.Key.Span)} at {e.KeyValue.ModRevision} "
                    + $"after it knew all up to {known}");
            known = e.KeyValue.ModRevision;
        }

        if (message.Kind == WatchMessageKind.Progress && message.Header.Revision < start - 1)
            throw new ViolationException(
                $"a watch from revision {start} was told that it knew all up to {message.Header.Revision}, before its beginning");
        return known;
    }
}
