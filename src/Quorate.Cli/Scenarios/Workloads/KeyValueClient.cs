using System.Globalization;
using System.Text;
using Quorate.Checking.Histories;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;
using Quorate.Simulation.Operations;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>
/// A client that puts, gets, deletes, compares and sets single keys, and moves two further keys together in transactions. Every value is
/// written once, so that a read tells which write it saw.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="number">Which client it is.</param>
/// <param name="valueLength">How long values are made, at least.</param>
internal sealed class KeyValueClient(SimulatedCluster cluster, int number, int valueLength = 0)
{
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(400);
    private static readonly string[] Keys = ["a", "b", "c", "d"];
    private static readonly string[] Pair = ["x", "y"];
    private static readonly IReadOnlyList<Operation> Nothing = [];
    private readonly SortedDictionary<string, HistoryValue> lastSeen = new(StringComparer.Ordinal);
    private RecordedCalls calls = null!;
    private Random random = null!;
    private int written;

    /// <summary>Works until the cluster ends, and then reads every key once more.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        calls = new RecordedCalls(cluster, new ClientCalls(cluster, machine), number);
        var turns = cluster.World.OperationsOf($"kv-{number}");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn && await OnceAsync(turn))
        {
        }
        var last = cluster.World.OperationsOf($"kv-{number}-end");
        foreach (var key in Keys)
        {
            if (last.NextAtEnd() is { } turn)
                await GetAsync(Begin(turn, key));
        }
    }

    /// <summary>What the operation does follows from its own chance, whichever others there are.</summary>
    private string Begin(OperationTurn turn, string? key)
    {
        (random, calls.Calls.Random, written) = (turn.Random, turn.Random, turn.Ordinal);
        return key ?? Keys[random.Next(Keys.Length)];
    }

    private Task<bool> OnceAsync(OperationTurn turn)
    {
        var key = Begin(turn, null);
        return random.Next(10) switch
        {
            < 3 => GetAsync(key),
            < 5 => PutAsync(key),
            < 6 => DeleteAsync(key),
            < 8 => CompareAndSetAsync(key),
            _ => TransactAsync(),
        };
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static HistoryValue ValueOf(RangeResponse range) =>
        range.KeyValues.Count == 0 ? HistoryValue.Nil : HistoryValue.Of(Encoding.UTF8.GetString(range.KeyValues[0].Value.Span));

    /// <summary>Whether a key still has the value: a missing key has version 0.</summary>
    private static Compare Holds(string key, HistoryValue value) => value.AsText() is { } text
        ? new Compare(CompareResult.Equal, KeyField.Value, Bytes(key), default, 0, Bytes(text))
        : new Compare(CompareResult.Equal, KeyField.Version, Bytes(key), default, 0, default);

    private static HistoryValue Step(string name, string key, HistoryValue value) =>
        HistoryValue.List(HistoryValue.Of(name), HistoryValue.Of(key), value);

    private string Fresh() => string.Create(CultureInfo.InvariantCulture, $"{number}.{written}").PadRight(valueLength, '.');

    private HistoryValue Seen(string key, HistoryValue value) => lastSeen[key] = value;

    private Task<bool> GetAsync(string key)
    {
        // A serializable read may be old, so only linearizable ones are recorded.
        var request = new RangeRequest(Bytes(key));
        return calls.DoAsync("get", HistoryValue.Of(key), HistoryValue.Nil, s => s.RangeAsync(request), r => Seen(key, ValueOf(r)));
    }

    private Task<bool> PutAsync(string key)
    {
        var value = Fresh();
        var request = new PutRequest(Bytes(key), Bytes(value));
        return calls.DoAsync(
            "put", HistoryValue.Of(key), HistoryValue.Of(value), s => s.PutAsync(request), _ => Seen(key, HistoryValue.Of(value)));
    }

    private Task<bool> DeleteAsync(string key)
    {
        var request = new DeleteRangeRequest(Bytes(key));
        return calls.DoAsync(
            "delete", HistoryValue.Of(key), HistoryValue.Nil, s => s.DeleteRangeAsync(request), _ => Seen(key, HistoryValue.Nil));
    }

    private Task<bool> CompareAndSetAsync(string key)
    {
        var expected = lastSeen.GetValueOrDefault(key, HistoryValue.Nil);
        var next = Fresh();
        var input = HistoryValue.List(expected, HistoryValue.Of(next));
        var request = new TxnRequest([Holds(key, expected)], [new PutRequest(Bytes(key), Bytes(next))], Nothing);
        return calls.DoAsync("cas", HistoryValue.Of(key), input, s => s.TxnAsync(request), r =>
        {
            if (!r.Succeeded)
                return HistoryValue.False;
            Seen(key, HistoryValue.Of(next));
            return input;
        });
    }

    /// <summary>If one of the pair still holds what was seen, writes both; else reads both.</summary>
    private Task<bool> TransactAsync()
    {
        var guard = Pair[random.Next(2)];
        var expected = lastSeen.GetValueOrDefault(guard, HistoryValue.Nil);
        var next = HistoryValue.Of(Fresh());
        var input = HistoryValue.List(Step("check", guard, expected), Step("put", Pair[0], next), Step("put", Pair[1], next));
        var request = new TxnRequest(
            [Holds(guard, expected)],
            [.. Pair.Select(k => new PutRequest(Bytes(k), Bytes(next.AsText()!)))],
            [.. Pair.Select(k => new RangeRequest(Bytes(k)))]);
        return calls.DoAsync("txn", null, input, s => s.TxnAsync(request), r => r.Succeeded ? Wrote(input, next) : Read(r));
    }

    private HistoryValue Wrote(HistoryValue input, HistoryValue next)
    {
        foreach (var key in Pair)
            Seen(key, next);
        return input;
    }

    private HistoryValue Read(TxnResponse response) => HistoryValue.List(
        [.. Pair.Select((key, i) => Step("get", key, Seen(key, ValueOf((RangeResponse)response.Responses[i]))))]);
}
