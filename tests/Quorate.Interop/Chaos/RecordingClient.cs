using Quorate.Checking.Histories;
using Quorate.Interop.Clients;

namespace Quorate.Interop.Chaos;

/// <summary>Puts and gets a few keys, one call at a time, and records what it did. After a failure it goes on at the next node.</summary>
internal sealed class RecordingClient(HistoryRecorder recorder, long number, IReadOnlyList<string> nodes, int keys)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(3);

    private readonly Random random = new((int)number);
    private readonly string name = $"{number}";
    private int node = (int)number % nodes.Count;
    private long process = number;
    private int written;

    /// <summary>How many calls succeeded.</summary>
    public int Succeeded { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var client = new GrpcClient($"http://{nodes[node]}", CallTimeout);
            while (!stop.IsCancellationRequested && await TryOneAsync(client))
                Succeeded++;
            node = (node + 1) % nodes.Count;
        }
    }

    private Task<bool> TryOneAsync(GrpcClient client)
    {
        var key = $"chaos/{random.Next(keys)}";
        return random.Next(2) == 0 ? GetAsync(client, key) : PutAsync(client, key, $"{name}-{written++}");
    }

    private async Task<bool> PutAsync(GrpcClient client, string key, string value)
    {
        Assert.True(recorder.TryInvoke(process, "put", HistoryValue.Of(key), HistoryValue.Of(value)));
        try
        {
            await client.PutAsync(key, value);
            recorder.Complete(process, HistoryEventType.Ok, HistoryValue.Of(value));
            return true;
        }
        catch (Exception e) when (IsFailure(e))
        {
            // It may have happened, or happen later: the process of the history never speaks again.
            recorder.Complete(process, HistoryEventType.Unknown, HistoryValue.Of(value), e.Message);
            process += 1000;
            return false;
        }
    }

    private async Task<bool> GetAsync(GrpcClient client, string key)
    {
        Assert.True(recorder.TryInvoke(process, "get", HistoryValue.Of(key), HistoryValue.Nil));
        try
        {
            recorder.Complete(process, HistoryEventType.Ok, HistoryValue.Of(await client.GetAsync(key)));
            return true;
        }
        catch (Exception e) when (IsFailure(e))
        {
            recorder.Complete(process, HistoryEventType.Fail, HistoryValue.Nil, e.Message);
            return false;
        }
    }

    private static bool IsFailure(Exception e) => e is HttpRequestException or TaskCanceledException or GrpcFailure or IOException;
}
