using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>Writes, deletes and transacts, and remembers what was acknowledged.</summary>
internal sealed class Writer(SimulatedCluster cluster, int number)
{
    private const int Keys = 5;
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(300);
    private readonly List<(long Revision, string Event)> acknowledged = [];
    private int written;

    /// <summary>What was acknowledged, with its revision.</summary>
    public IReadOnlyList<(long Revision, string Event)> Acknowledged => acknowledged;

    /// <summary>Writes until the cluster ends.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        var calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf($"writer-{number}");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn)
        {
            (calls.Random, written) = (turn.Random, turn.Ordinal);
            await OnceAsync(calls);
        }
    }

    private async Task OnceAsync(ClientCalls calls)
    {
        var key = Key(calls.Random.Next(Keys));
        var value = string.Create(CultureInfo.InvariantCulture, $"{number}.{written}");
        switch (calls.Random.Next(5))
        {
            case 0:
                var deleted = await calls.CallAsync(s => s.DeleteRangeAsync(new DeleteRangeRequest(Bytes(key))));
                Note(deleted.End, deleted.Response is { Deleted: > 0 } d ? d.Header.Revision : 0, $"delete {key}");
                break;
            case 1:
                var other = Key(Keys + number);
                var request = new TxnRequest([], [Put(key, value), Put(other, value)], []);
                var moved = await calls.CallAsync(s => s.TxnAsync(request));
                Note(moved.End, moved.Response?.Header.Revision ?? 0, $"put {key} {value}", $"put {other} {value}");
                break;
            default:
                var put = await calls.CallAsync(s => s.PutAsync(Put(key, value)));
                Note(put.End, put.Response?.Header.Revision ?? 0, $"put {key} {value}");
                break;
        }
    }

    private static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"k{number}");

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static PutRequest Put(string key, string value) => new(Bytes(key), Bytes(value));

    private void Note(CallEnd end, long revision, params ReadOnlySpan<string> events)
    {
        cluster.Metrics.Add($"write {end.ToString().ToLowerInvariant()}");
        if (end != CallEnd.Ok || revision == 0)
            return;
        foreach (var e in events)
            acknowledged.Add((revision, e));
    }
}
