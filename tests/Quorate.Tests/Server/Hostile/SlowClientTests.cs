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

/// <summary>Clients that are slow on purpose: each is ended within the time that its bound says, and told why where it can be.</summary>
public sealed class SlowClientTests : IAsyncLifetime
{
    private const string Put = "/etcdserverpb.KV/Put";
    private const string Range = "/etcdserverpb.KV/Range";
    private const string Watch = "/etcdserverpb.Watch/Watch";
    private const int EnhanceYourCalm = 11;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly byte[] NoWindow = Http2Wire.Frame(Http2Wire.Settings, 0, 0, [0, 4, 0, 0, 0, 0]);

    private readonly InMemoryCoordination store = new();
    private EtcdEndpoint endpoint = null!;
    private RawGrpcClient healthy = null!;

    public async ValueTask InitializeAsync()
    {
        endpoint = await EtcdEndpoint.StartAsync(new OpenAccess(store), new EtcdEndpointOptions
        {
            Listen = new NetworkAddress("127.0.0.1", 0),
            Limits = new EndpointLimits { GreetingTimeout = TimeSpan.FromSeconds(1.5), ReaderTimeout = TimeSpan.FromSeconds(1.5) },
        });
        healthy = new RawGrpcClient(new Uri($"http://{endpoint.Local}"));
    }

    public ValueTask DisposeAsync()
    {
        healthy.Dispose();
        return endpoint.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("PR")]
    [InlineData("GET /health HTT")]
    public async Task Who_does_not_say_what_it_wants_is_cut_off(string begin)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", endpoint.Local.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(begin));
        var answer = new byte[1000];
        try
        {
            var got = await client.GetStream().ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false).AsTask().WaitAsync(Patience);
            Assert.True(got == 0 || Encoding.ASCII.GetString(answer, 0, got).StartsWith("HTTP/1.1 408", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            // Reset: that is an end.
        }

        await BeServedAsync();
    }

    [Fact]
    public async Task Headers_that_come_byte_by_byte_are_given_up()
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", endpoint.Local.Port);
        var ended = client.GetStream().ReadAtLeastAsync(new byte[1000], 1000, throwOnEndOfStream: false).AsTask();
        await client.GetStream().WriteAsync("GET /health HTTP/1.1\r\nX: "u8.ToArray());
        try
        {
            while (!ended.IsCompleted)
            {
                await client.GetStream().WriteAsync("x"u8.ToArray());
                await Task.WhenAny(ended, Task.Delay(100));
            }

            await ended.WaitAsync(Patience);
        }
        catch (IOException)
        {
            // Reset: that is an end.
        }

        await BeServedAsync();
    }

    [Fact]
    public async Task A_body_that_never_ends_is_told_that_it_comes_too_slowly()
    {
        using var call = await healthy.OpenAsync(Watch);
        await call.SendRawAsync([0, 0, 0, 1, 0, 1, 2, 3]);
        Assert.Null(await call.ReadAsync().WaitAsync(Patience));
        Assert.Equal(("4", "the request comes too slowly"), (call.Status, call.Message));
        await WaitForNothingHeldAsync();
    }

    [Fact]
    public async Task A_request_that_never_comes_is_told_so_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Put)
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new EndlessContent(),
        };
        using var answer = await healthy.SendAsync(request).WaitAsync(Patience);
        Assert.Equal(("4", "the request comes too slowly"), (answer.Headers.GetValues("grpc-status").First(), answer.Headers.GetValues("grpc-message").First()));
    }

    [Fact]
    public async Task A_watch_that_nobody_reads_ends_with_enhance_your_calm()
    {
        await using var wire = await Http2Wire.ConnectAsync(endpoint.Local.Port);
        await wire.SendAsync([.. NoWindow, .. Http2Wire.Call(1, Watch), .. Http2Wire.Frame(Http2Wire.Data, 0, 1, Http2Wire.Message(MessageText.Read("1={1=\"a\"}")))]);
        for (var i = 0; wire.LastReset is null; i++)
        {
            Assert.Equal("0", (await healthy.CallAsync(Put, MessageText.Read("1=\"a\" 2=*20000"))).Status);
            Assert.True(i < 1000, "the stream goes on");
            await Task.Delay(10);
        }

        Assert.Equal(EnhanceYourCalm, wire.LastReset);
        Assert.Equal("alive", await wire.StateAsync(Patience));
        await WaitForNothingHeldAsync();
    }

    [Fact]
    public async Task An_answer_that_nobody_takes_ends_with_it_too()
    {
        Assert.Equal("0", (await healthy.CallAsync(Put, MessageText.Read("1=\"a\" 2=*50000"))).Status);
        await using var wire = await Http2Wire.ConnectAsync(endpoint.Local.Port);
        await wire.SendAsync([.. NoWindow, .. Http2Wire.Call(1, Range, MessageText.Read("1=\"a\""))]);
        using (var limit = new CancellationTokenSource(Patience))
        {
            while (wire.LastReset is null)
                await Task.Delay(20, limit.Token);
        }

        Assert.Equal(EnhanceYourCalm, wire.LastReset);
        await WaitForNothingHeldAsync();
    }

    private async Task BeServedAsync() => Assert.Equal("0", (await healthy.CallAsync(Put, MessageText.Read("1=\"served\""))).Status);

    private async Task WaitForNothingHeldAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        while (endpoint.Gate.Calls != 0 || endpoint.Gate.Bytes != 0)
            await Task.Delay(20, limit.Token);
    }

    private sealed class EndlessContent : HttpContent
    {
        public EndlessContent() => Headers.ContentType = new("application/grpc");

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(new byte[] { 0, 0, 0 });
            await stream.FlushAsync();
            await Task.Delay(Patience);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
