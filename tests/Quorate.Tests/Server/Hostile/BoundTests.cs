using System.Net;
using System.Net.Sockets;
using System.Text;
using Quorate.Kernel.Machines;
using Quorate.Server.Etcd;
using Quorate.Server.Listening;
using Quorate.Tests.Server.Etcd;
using Quorate.Tests.Server.Grpc;
using Shared.Fields;
using Shared.Hostile;

namespace Quorate.Tests.Server.Hostile;

/// <summary>One more than a bound allows is refused in the protocol's words; those that were there go on, and where one goes another may come.</summary>
public sealed class BoundTests
{
    private const string Put = "/etcdserverpb.KV/Put";
    private const string Watch = "/etcdserverpb.Watch/Watch";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_connection_too_many_is_told_so()
    {
        var told = new List<string>();
        await using var endpoint = await StartAsync(new EndpointLimits { ConnectionsMax = 3, Tell = (_, text) => told.Add(text) });
        var old = new List<Http2Wire>();
        for (var i = 0; i < 3; i++)
        {
            old.Add(await Http2Wire.ConnectAsync(endpoint.Local.Port));
            Assert.Equal("alive", await old[i].StateAsync(Patience));
        }

        await using (var fourth = await Http2Wire.ConnectAsync(endpoint.Local.Port))
            Assert.Equal("ended with 11", await fourth.StateAsync(Patience));
        Assert.StartsWith("HTTP/1.1 503 Service Unavailable", await GetAsync(endpoint));
        Assert.EndsWith("too many connections: this node serves at most 3\n", await GetAsync(endpoint));
        Assert.Equal("alive", await (await Asked(old[0])).StateAsync(Patience));
        Assert.Equal("3 connections are open (--connections-max): new ones are refused", Assert.Single(told));

        await old[1].DisposeAsync();
        using var limit = new CancellationTokenSource(Patience);
        while (!(await GetAsync(endpoint)).StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
            await Task.Delay(20, limit.Token);
        await old[0].DisposeAsync();
        await old[2].DisposeAsync();
    }

    [Fact]
    public async Task A_call_too_many_is_refused_as_etcd_refuses()
    {
        await using var endpoint = await StartAsync(new EndpointLimits { CallsMax = 2 });
        using var client = new RawGrpcClient(new Uri($"http://{endpoint.Local}"));
        using var one = await client.OpenAsync(Watch);
        await using (var other = await Http2Wire.ConnectAsync(endpoint.Local.Port))
        {
            await other.SendAsync(Http2Wire.Call(1, Watch));
            Assert.Equal("alive", await other.StateAsync(Patience));
            var refused = await client.CallAsync(Put, MessageText.Read("1=\"a\""));
            Assert.Equal((HttpStatusCode.OK, "8", "etcdserver: too many requests"), (refused.Http, refused.Status, refused.Message));
            using var http = new HttpClient { BaseAddress = new Uri($"http://{endpoint.Local}") };
            using var plain = await http.PostAsync("/v3/kv/put", new StringContent("{}"));
            Assert.Equal(HttpStatusCode.TooManyRequests, plain.StatusCode);
        }

        for (var i = 0; (await client.CallAsync(Put, MessageText.Read("1=\"a\""))).Status != "0"; i++)
        {
            Assert.True(i < 500, $"{endpoint.Gate.Calls} calls are under way");
            await Task.Delay(20);
        }

        await one.SendAsync(MessageText.Read("1={1=\"a\"}"));
        Assert.NotNull(await one.ReadAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task Requests_that_came_in_part_are_bounded_together()
    {
        const int Part = 1 << 20;
        await using var endpoint = await StartAsync(new EndpointLimits { CallBytesMax = EndpointLimits.CallBytesMin });
        using var client = new RawGrpcClient(new Uri($"http://{endpoint.Local}"));
        var calls = new List<RawStream>();
        for (var i = 0; i < 20; i++)
        {
            calls.Add(await client.OpenAsync(Watch));
            await calls[i].SendRawAsync([0, 0, 0x18, 0, 0, .. new byte[Part]]);
        }

        var refused = await Task.WhenAny(calls.Select(call => call.ReadAsync())).WaitAsync(Patience);
        Assert.Null(await refused);
        Assert.Contains(calls, call => (call.Status, call.Message) == ("8", "etcdserver: too many requests"));
        Assert.InRange(endpoint.Gate.Bytes, 0, EndpointLimits.CallBytesMin);
        Assert.Equal("0", (await client.CallAsync(Put, MessageText.Read("1=\"a\""))).Status);
        calls.ForEach(call => call.Dispose());
    }

    [Theory]
    [InlineData(0, 1, 16 << 20)]
    [InlineData(1, 0, 16 << 20)]
    [InlineData(1, 1, (16 << 20) - 1)]
    public async Task Bounds_that_cannot_be_are_refused(int connections, int calls, long bytes) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => StartAsync(
            new EndpointLimits { ConnectionsMax = connections, CallsMax = calls, CallBytesMax = bytes }));

    private static Task<EtcdEndpoint> StartAsync(EndpointLimits limits) => EtcdEndpoint.StartAsync(
        new OpenAccess(new InMemoryCoordination()), new EtcdEndpointOptions { Listen = new NetworkAddress("127.0.0.1", 0), Limits = limits });

    // A wire that has told its state once is asked by a call the next time.
    private static async Task<Http2Wire> Asked(Http2Wire wire)
    {
        await wire.SendAsync(Http2Wire.Call(1, Put, MessageText.Read("1=\"a\"")));
        using var limit = new CancellationTokenSource(Patience);
        while (wire.Seen(Http2Wire.Data) == 0)
            await Task.Delay(20, limit.Token);
        return wire;
    }

    private static async Task<string> GetAsync(EtcdEndpoint endpoint)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", endpoint.Local.Port);
        await client.GetStream().WriteAsync("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        return await reader.ReadToEndAsync().WaitAsync(Patience);
    }
}
