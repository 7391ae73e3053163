using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>
/// Writes keys that nobody else writes, in ways of which it knows what must come of them: transactions within transactions, and keys that move
/// from a lease to none. It gives up on what it does not hear the end of.
/// </summary>
internal sealed class OwnKeys(SimulatedCluster cluster, int number)
{
    private const long LeaseTtl = 60;
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(600);
    private ClientCalls calls = null!;
    private string name = "";
    private long leaseId;

    /// <summary>Writes until the cluster ends.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf($"own-{number}");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn)
        {
            calls.Random = turn.Random;
            name = string.Create(CultureInfo.InvariantCulture, $"own/{number}/{turn.Ordinal}");
            leaseId = (number * 1_000_000L) + turn.Ordinal + 1;
            await (calls.Random.Next(2) == 0 ? NestAsync() : MoveAsync());
        }
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task<string?> ReadAsync(string key)
    {
        var read = await calls.CallAsync(s => s.RangeAsync(new RangeRequest(Bytes(key))));
        return read.Response is not { } range ? null : range.KeyValues is [var found, ..] ? Encoding.UTF8.GetString(found.Value.Span) : "missing";
    }

    /// <summary>All comparisons of a transaction see the store as it was before its first write.</summary>
    private async Task NestAsync()
    {
        if ((await calls.CallAsync(s => s.PutAsync(new PutRequest(Bytes(name), Bytes("before"))))).End != CallEnd.Ok)
            return;
        var saw = new Compare(CompareResult.Equal, KeyField.Value, Bytes(name), default, 0, Bytes("before"));
        var inner = new TxnRequest(
            [saw], [new PutRequest(Bytes($"{name}/saw"), Bytes("before"))], [new PutRequest(Bytes($"{name}/saw"), Bytes("after"))]);
        var outer = new TxnRequest([], [new PutRequest(Bytes(name), Bytes("after")), inner], []);
        if ((await calls.CallAsync(s => s.TxnAsync(outer))).End != CallEnd.Ok)
            return;
        if (await ReadAsync($"{name}/saw") is { } value and not "before")
            throw new ViolationException($"a nested transaction saw {name} as it was after a write of its own transaction: {value}");
        cluster.Metrics.Add("nested transactions");
    }

    /// <summary>A key that is put without its lease stays when the lease ends.</summary>
    private async Task MoveAsync()
    {
        var isThere = (await calls.CallAsync(s => s.LeaseGrantAsync(leaseId, LeaseTtl))).End == CallEnd.Ok
            && (await calls.CallAsync(s => s.PutAsync(new PutRequest(Bytes(name), Bytes("leased"), Lease: leaseId)))).End == CallEnd.Ok
            && (await calls.CallAsync(s => s.PutAsync(new PutRequest(Bytes(name), Bytes("kept"))))).End == CallEnd.Ok
            && (await calls.CallAsync(s => s.LeaseRevokeAsync(leaseId))).End == CallEnd.Ok;
        if (!isThere)
            return;
        if (await ReadAsync(name) is { } value and not "kept")
            throw new ViolationException($"{name} was put without its lease {leaseId} and went with it: {value}");
        cluster.Metrics.Add("keys moved off a lease");
    }
}
