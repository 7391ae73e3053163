using System.Diagnostics;
using System.Globalization;
using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;

namespace Quorate.Interop.Upgrades;

/// <summary>
/// A client that puts one key after the other at whichever node answers, remembers what was acknowledged, and how long at most nothing was.
/// </summary>
internal sealed class AcknowledgedPuts : IAsyncDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(5);
    private readonly NodeCluster cluster;
    private readonly CancellationTokenSource stop = new();
    private readonly List<string> acknowledged = [];
    private readonly Task running;

    public AcknowledgedPuts(NodeCluster cluster)
    {
        this.cluster = cluster;
        running = Task.Run(RunAsync);
    }

    /// <summary>The longest time between two puts that were acknowledged.</summary>
    public TimeSpan LongestGap { get; private set; }

    /// <summary>How many puts were acknowledged.</summary>
    public int Count => acknowledged.Count;

    /// <summary>Ends the client, and fails where a node lacks something that was acknowledged.</summary>
    public async Task EndAsync()
    {
        await stop.CancelAsync();
        await running;
        Assert.NotEmpty(acknowledged);
        for (var node = 0; node < NodeCluster.Size; node++)
        {
            using var client = cluster.Client(node, TimeSpan.FromSeconds(20));
            // All below the prefix, and of each key no more than its name.
            var range = await client.CallAsync(
                "/etcdserverpb.KV/Range", [.. Protobuf.Bytes(1, "put/"), .. Protobuf.Bytes(2, "put0"), 0x40, 1]);
            var found = Protobuf.All(range, 2).Select(pair => System.Text.Encoding.UTF8.GetString(Protobuf.Field(pair, 1)!)).ToHashSet();
            Assert.Empty(acknowledged.Except(found));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        var (node, since) = (0, Stopwatch.StartNew());
        for (var number = 0; !stop.IsCancellationRequested; node = (node + 1) % NodeCluster.Size)
        {
            using var client = cluster.Client(node, CallTimeout);
            try
            {
                while (!stop.IsCancellationRequested)
                {
                    var key = string.Create(CultureInfo.InvariantCulture, $"put/{number++}");
                    await client.PutAsync(key, "1");
                    acknowledged.Add(key);
                    LongestGap = since.Elapsed > LongestGap ? since.Elapsed : LongestGap;
                    since.Restart();
                    await Task.Delay(Between, CancellationToken.None);
                }
            }
            catch (Exception e) when (GrpcClient.IsFailure(e))
            {
                // The next node is asked.
            }
        }
    }
}
