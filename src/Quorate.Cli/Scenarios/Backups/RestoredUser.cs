using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Backups;

/// <summary>Writes new keys into the restored cluster and finds all of them at the end, each at a revision behind those of the backup.</summary>
internal sealed class RestoredUser(SimulatedCluster cluster, SimulatedCluster restored, BackupBoard board)
{
    private const string Prefix = "restored/";
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(500);
    private readonly SortedDictionary<string, long> acknowledged = new(StringComparer.Ordinal);

    /// <summary>Writes until the cluster ends, and then reads.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        var calls = new ClientCalls(restored, machine);
        var turns = cluster.World.OperationsOf("restored");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn)
        {
            calls.Random = turn.Random;
            if (board.Chosen is { } backup)
                await PutAsync(calls, backup, turn.Ordinal);
        }

        if (acknowledged.Count > 0)
            Check(await ReadAsync(calls));
    }

    private async Task PutAsync(ClientCalls calls, TakenBackup backup, int number)
    {
        var newest = acknowledged.Values.DefaultIfEmpty(backup.Revision).Max();
        var key = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D5}");
        var put = await calls.CallAsync(s => s.PutAsync(new PutRequest(Encoding.UTF8.GetBytes(key), "v"u8.ToArray())));
        if (put.Response is not { } response)
            return;
        if (response.Header.Revision <= newest)
            throw new ViolationException(
                $"a put into the restored cluster got revision {response.Header.Revision}, and {newest} was there before it");
        cluster.Metrics.Add("restored put");
        acknowledged.Add(key, response.Header.Revision);
    }

    private static async Task<RangeResponse> ReadAsync(ClientCalls calls)
    {
        var (from, to) = (Encoding.UTF8.GetBytes(Prefix), Encoding.UTF8.GetBytes("restored0"));
        while (true)
        {
            var read = await calls.CallAsync(s => s.RangeAsync(new RangeRequest(from, to)));
            if (read.Response is { } response)
                return response;
            await calls.ThinkAsync(ThinkMax);
        }
    }

    private void Check(RangeResponse found)
    {
        var there = found.KeyValues.ToDictionary(kv => Encoding.UTF8.GetString(kv.Key.Span), kv => kv.ModRevision);
        foreach (var (key, revision) in acknowledged)
        {
            if (there.GetValueOrDefault(key) != revision)
                throw new ViolationException($"{key} was put at revision {revision} of the restored cluster and is not there as of it");
        }
    }
}
