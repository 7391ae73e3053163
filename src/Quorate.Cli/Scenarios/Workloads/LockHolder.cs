using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>
/// Takes a lock, which is a key on a lease, writes to what it guards, and lets go: now and then it stands still for longer than its lease
/// lasts, as a process does while memory is cleaned up, and then writes on as if nothing had happened.
/// </summary>
internal sealed class LockHolder(SimulatedCluster cluster, GuardedStore guarded, int number)
{
    private const double StandsStillPart = 0.15;
    private const int WritesMax = 5;
    private static readonly byte[] Key = "lock"u8.ToArray();
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StandStillMax = TimeSpan.FromSeconds(12);
    private ClientCalls calls = null!;

    /// <summary>Holds the lock again and again until the cluster ends.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf($"holder-{number}");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn)
        {
            calls.Random = turn.Random;
            await HoldAsync(string.Create(CultureInfo.InvariantCulture, $"{number}.{turn.Ordinal}"), (number * 1_000_000L) + turn.Ordinal + 1);
        }
    }

    private async Task HoldAsync(string holder, long leaseId)
    {
        var lease = await calls.CallAsync(s => s.LeaseGrantAsync(leaseId, calls.Random.Next(2, 6)));
        if (lease.End != CallEnd.Ok)
            return;
        if (await AcquireAsync(holder, leaseId) is { } token)
        {
            cluster.Metrics.Add("locks held");
            await WorkAsync(holder, leaseId, token);
        }

        await calls.CallAsync(s => s.LeaseRevokeAsync(leaseId));
    }

    /// <summary>Puts the key where it is not there. The token is the revision that made it: later holders have greater ones.</summary>
    private async Task<long?> AcquireAsync(string holder, long leaseId)
    {
        var isFree = new Compare(CompareResult.Equal, KeyField.CreateRevision, Key, default, 0, default);
        var request = new TxnRequest([isFree], [new PutRequest(Key, Encoding.UTF8.GetBytes(holder), Lease: leaseId)], []);
        var acquired = await calls.CallAsync(s => s.TxnAsync(request));
        return acquired.Response is { Succeeded: true } response ? response.Header.Revision : null;
    }

    private async Task WorkAsync(string holder, long leaseId, long token)
    {
        for (var write = calls.Random.Next(1, WritesMax + 1); write > 0; write--)
        {
            await calls.ThinkAsync(calls.Random.NextDouble() < StandsStillPart ? StandStillMax : ThinkMax);
            if (!guarded.Write(token, string.Create(CultureInfo.InvariantCulture, $"{holder}/{write}")))
                return;
            var renewed = await calls.CallAsync(s => s.LeaseKeepAliveAsync(leaseId));
            if (renewed.End != CallEnd.Ok || renewed.Response is { TtlSeconds: 0 })
                return;
        }
    }
}
