using Quorate.Tests.Server.Grpc;
using Shared.Fields;
using Shared.Hostile;

namespace Quorate.Interop.Hostile;

/// <summary>
/// As many of everything as a node takes, and one more: that one is refused with words, and the others are served. At full size by hand
/// (docs/limits.md).
/// </summary>
[Trait("Speed", "Slow")]
public sealed class ManyTests
{
    private const string Watch = "/etcdserverpb.Watch/Watch";
    private const string TooMany = "etcdserver: too many requests";
    private const int AttemptsMax = 600;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Idle_connections()
    {
        var count = BoundedNode.IsFull ? 9_999 : 300;
        await using var node = await BoundedNode.StartAsync(BoundedNode.IsFull ? [] : ["--connections-max", "301"]);
        var before = await node.WorkingBytesAsync();
        var idle = new List<Http2Wire>();
        for (var i = 0; i < count; i++)
        {
            idle.Add(await Http2Wire.ConnectAsync(node.Port));
            // Connections that are made one after the other are counted in any order: each is counted before the next one is made.
            Assert.Equal("alive", await idle[i].StateAsync(Patience));
        }

        await using (var tooMany = await Http2Wire.ConnectAsync(node.Port))
            Assert.Equal("ended with 11", await tooMany.StateAsync(Patience));
        Assert.Equal("alive", await idle[count / 2].StateAsync(Patience));
        Assert.Equal("alive", await idle[^1].StateAsync(Patience));
        await node.ServeAsync("others");
        node.Tell("idle connections", count, before);
        Assert.Contains("connections are open (--connections-max): new ones are refused", node.Told, StringComparison.Ordinal);
        foreach (var wire in idle)
            await wire.DisposeAsync();
        // Where they are gone there is room for others, once the node has noticed.
        for (var i = 0; ; i++)
        {
            await using var again = await Http2Wire.ConnectAsync(node.Port);
            if (await again.StateAsync(Patience) == "alive")
                return;
            Assert.True(i < AttemptsMax, "connections that are gone are still counted");
            await Task.Delay(100);
        }
    }

    [Fact]
    public async Task Watches()
    {
        var (count, streams) = BoundedNode.IsFull ? (1_000_000, 10) : (6_000, 3);
        await using var node = await BoundedNode.StartAsync(BoundedNode.IsFull ? [] : ["--watches-max", "6000", "--stream-watches-max", "2000"]);
        var before = await node.WorkingBytesAsync();
        var calls = new List<RawStream>();
        for (var s = 0; s < streams; s++)
        {
            calls.Add(await node.Client.OpenAsync(Watch));
            await CreateAsync(calls[s], s, count / streams);
        }

        node.Tell("watches", count, before);
        using var one = await node.Client.OpenAsync(Watch);
        Assert.Contains(TooMany, await AskAsync(one), StringComparison.Ordinal);
        Assert.Contains(TooMany, await AskAsync(calls[0]), StringComparison.Ordinal);
        await node.ServeAsync("w0-7");
        Assert.Contains("w0-7", Text(await calls[0].ReadAsync().WaitAsync(Patience)), StringComparison.Ordinal);
        // Where one goes there is room for another.
        await calls[1].SendAsync(MessageText.Read("2={1=5}"));
        await calls[1].ReadAsync().WaitAsync(Patience);
        Assert.DoesNotContain(TooMany, await AskAsync(one), StringComparison.Ordinal);
        calls.ForEach(call => call.Dispose());
    }

    [Fact]
    public async Task Leases()
    {
        var count = BoundedNode.IsFull ? 1_000_000 : 1000;
        await using var node = await BoundedNode.StartAsync("--leases-max", $"{count}");
        var before = await node.WorkingBytesAsync();
        await Parallel.ForEachAsync(Enumerable.Range(1, count), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (id, _) =>
            Assert.Equal("0", (await node.Client.CallAsync("/etcdserverpb.Lease/LeaseGrant", MessageText.Read($"1=9000 2={id}"))).Status));
        node.Tell("leases", count, before);
        var refused = await node.Client.CallAsync("/etcdserverpb.Lease/LeaseGrant", MessageText.Read("1=9000"));
        Assert.Equal(("8", TooMany), (refused.Status, refused.Message));
        Assert.Equal("0", (await node.Client.CallAsync("/etcdserverpb.Lease/LeaseRevoke", MessageText.Read("1=1"))).Status);
        Assert.Equal("0", (await node.Client.CallAsync("/etcdserverpb.Lease/LeaseGrant", MessageText.Read("1=9000"))).Status);
    }

    [Fact]
    public async Task Waiting_locks()
    {
        var count = BoundedNode.IsFull ? 10_000 : 200;
        await using var node = await BoundedNode.StartAsync("--calls-max", $"{count}");
        var before = await node.WorkingBytesAsync();
        Assert.Equal("0", (await node.Client.CallAsync("/v3lockpb.Lock/Lock", MessageText.Read("1=\"l\""))).Status);
        using var waiters = node.NewClient();
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        // A few more than there is room for, since what is asked meanwhile may take the place of one.
        var waiting = Enumerable.Range(0, count + 20).Select(_ => waiters.CallAsync("/v3lockpb.Lock/Lock", MessageText.Read("1=\"l\""), ("grpc-timeout", "600S"))).ToArray();
        RawAnswer refused;
        do
        {
            await Task.Delay(100, giveUp.Token);
            refused = await node.Client.CallAsync("/etcdserverpb.KV/Range", MessageText.Read("1=\"l/\" 2=\"l0\" 9=1"));
        }
        while (refused.Status == "0");
        node.Tell("waiting locks", count, before);
        Assert.Equal(("8", TooMany), (refused.Status, refused.Message));
        waiters.CancelPending();
        await Task.WhenAll(waiting).ContinueWith(static _ => { }, TaskScheduler.Default);
        for (var i = 0; (await node.Client.CallAsync("/etcdserverpb.KV/Range", MessageText.Read("1=\"l\""))).Status != "0"; i++)
        {
            Assert.True(i < AttemptsMax, "those that are gone are still counted");
            await Task.Delay(100);
        }
    }

    private static async Task CreateAsync(RawStream call, int stream, int count)
    {
        const int AtOnce = 1000;
        for (var from = 0; from < count; from += AtOnce)
        {
            var some = Enumerable.Range(from, Math.Min(AtOnce, count - from));
            await call.SendRawAsync([.. some.SelectMany(i => RawGrpcClient.Frame(MessageText.Read($"1={{1=\"w{stream}-{i}\"}}")))]);
            foreach (var _ in some)
                Assert.DoesNotContain(TooMany, Text(await call.ReadAsync().WaitAsync(Patience)), StringComparison.Ordinal);
        }
    }

    private static async Task<string> AskAsync(RawStream call)
    {
        await call.SendAsync(MessageText.Read("1={1=\"one more\"}"));
        return Text(await call.ReadAsync().WaitAsync(Patience));
    }

    private static string Text(byte[]? message) => System.Text.Encoding.Latin1.GetString(message!);
}
