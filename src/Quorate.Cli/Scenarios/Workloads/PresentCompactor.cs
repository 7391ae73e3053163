using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>The only one who writes: puts, deletes, and then compacts up to the deletion, which is the present.</summary>
internal sealed class PresentCompactor(SimulatedCluster cluster, CompactionBoard board)
{
    private const int Keys = 4;
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(250);
    private ClientCalls calls = null!;
    private int written;

    /// <summary>Writes until the cluster ends.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf("compactor");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn)
        {
            (calls.Random, written) = (turn.Random, turn.Ordinal);
            var key = string.Create(CultureInfo.InvariantCulture, $"k{calls.Random.Next(Keys)}");
            await (calls.Random.Next(3) == 0 ? DeleteAndCompactAsync(key) : PutAsync(key));
        }
    }

    private async Task PutAsync(string key)
    {
        var known = board.Acknowledged;
        var value = Encoding.UTF8.GetBytes(written.ToString(CultureInfo.InvariantCulture));
        var put = await calls.CallAsync(s => s.PutAsync(new PutRequest(Encoding.UTF8.GetBytes(key), value)));
        if (put.Response is { } response)
            board.Wrote(response.Header.Revision, known);
    }

    private async Task DeleteAndCompactAsync(string key)
    {
        var known = board.Acknowledged;
        var deleted = await calls.CallAsync(s => s.DeleteRangeAsync(new DeleteRangeRequest(Encoding.UTF8.GetBytes(key))));
        if (deleted.Response is not { Deleted: > 0 } response)
            return;
        var revision = response.Header.Revision;
        board.Wrote(revision, known);
        board.Deleted(revision, key);
        // Sometimes one less, so that the deletion is what comes next.
        var upTo = revision - (calls.Random.Next(4) == 0 ? 1 : 0);
        board.Ask(upTo);
        var compacted = await calls.CallAsync(s => s.CompactAsync(upTo, physical: calls.Random.Next(2) == 0));
        cluster.Metrics.Add($"compaction {compacted.End.ToString().ToLowerInvariant()}");
        if (compacted.End == CallEnd.Ok)
            board.Done(upTo);
    }
}
