using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>
/// Reads old revisions within transactions that also write. Whether a revision can still be read decides whether all of it happens, and must
/// be decided alike on every replica: else their states part.
/// </summary>
internal sealed class OldTransactions(SimulatedCluster cluster, CompactionBoard board, int number)
{
    private const int BackMax = 6;
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(400);

    /// <summary>Transacts until the cluster ends.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        var calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf($"old-{number}");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn)
        {
            calls.Random = turn.Random;
            await OnceAsync(calls, turn.Ordinal);
        }
    }

    private async Task OnceAsync(ClientCalls calls, int ordinal)
    {
        var revision = Math.Max(board.Asked + 1 - calls.Random.Next(BackMax), 1);
        var known = board.Acknowledged;
        var own = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"old/{number}"));
        var value = Encoding.UTF8.GetBytes(ordinal.ToString(CultureInfo.InvariantCulture));
        var request = new TxnRequest([], [new PutRequest(own, value), new RangeRequest("k0"u8.ToArray(), Revision: revision)], []);
        var done = await calls.CallAsync(s => s.TxnAsync(request));
        var end = done.Code == CoordinationError.Compacted ? "too late" : done.End.ToString().ToLowerInvariant();
        cluster.Metrics.Add($"transaction {end}");
        if (done.Response is { } response)
            board.Wrote(response.Header.Revision, known);
    }
}
