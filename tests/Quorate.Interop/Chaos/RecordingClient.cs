using Quorate.Checking.Histories;
using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;

namespace Quorate.Interop.Chaos;

/// <summary>Puts and gets a few keys, one call at a time, and records what it did. After a failure it goes on at the next node.</summary>
internal sealed class RecordingClient(HistoryRecorder recorder, int number, NodeCluster cluster, RecordedLoad load)
{
    // A failed call's process of the history never speaks again; its successor's number is this much higher.
    private const int Successor = 1000;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(20);

    private readonly Random random = new(number);
    private int node = number % NodeCluster.Size;
    private long process = number;
    private int written;

    /// <summary>How many calls succeeded.</summary>
    public int Succeeded { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var client = cluster.Client(node, load.CallTimeout);
            while (!stop.IsCancellationRequested && await TryOneAsync(client))
            {
                Succeeded++;
                await Task.Delay(load.Pause, CancellationToken.None);
            }
            node = (node + 1) % NodeCluster.Size;
            await Task.Delay(PauseAfterFailure, CancellationToken.None);
        }
    }

    private Task<bool> TryOneAsync(GrpcClient client)
    {
        var key = $"{load.Prefix}{random.Next(load.Keys)}";
        return random.Next(2) == 0 ? GetAsync(client, key) : PutAsync(client, key, $"{number}-{written++}");
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
        catch (Exception e) when (GrpcClient.IsFailure(e))
        {
            // It may have happened, or happen later.
            recorder.Complete(process, HistoryEventType.Unknown, HistoryValue.Of(value), e.Message);
            process += Successor;
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
        catch (Exception e) when (GrpcClient.IsFailure(e))
        {
            recorder.Complete(process, HistoryEventType.Fail, HistoryValue.Nil, e.Message);
            return false;
        }
    }
}
