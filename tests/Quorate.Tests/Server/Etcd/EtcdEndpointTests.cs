using System.Net;
using System.Text;
using Google.Protobuf;
using Quorate.Kernel.Machines;
using Quorate.Server.Etcd;
using Quorate.Services.Coordination;
using Quorate.Tests.Server.Grpc;
using Wire = Quorate.Client.Wire;

namespace Quorate.Tests.Server.Etcd;

/// <summary>The endpoint over real HTTP/2 on loopback, with a store in memory behind it.</summary>
public sealed class EtcdEndpointTests : IAsyncLifetime
{
    private const long NoError = 0; // RFC 9113, section 7.
    private const string Put = "/etcdserverpb.KV/Put";
    private const string Range = "/etcdserverpb.KV/Range";
    private const string Watch = "/etcdserverpb.Watch/Watch";

    private readonly InMemoryCoordination store = new();
    private EtcdEndpoint endpoint = null!;
    private RawGrpcClient client = null!;

    public async ValueTask InitializeAsync()
    {
        endpoint = await EtcdEndpoint.StartAsync(new OpenAccess(store), new EtcdEndpointOptions { Listen = new NetworkAddress("127.0.0.1", 0) });
        client = new RawGrpcClient(new Uri($"http://{endpoint.Local}"));
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await endpoint.DisposeAsync();
    }

    [Fact]
    public async Task A_put_is_read_back()
    {
        var put = await client.CallAsync(Put, PutBytes("k", "v"));
        Assert.Equal("0", put.Status);
        Assert.Equal(2, Wire.PutResponse.Parser.ParseFrom(put.Single).Header.Revision);

        var range = Wire.RangeResponse.Parser.ParseFrom((await client.CallAsync(Range, RangeBytes("k"))).Single);
        Assert.Equal("v", Assert.Single(range.Kvs).Value.ToStringUtf8());
        Assert.Equal(7ul, range.Header.ClusterId);
    }

    [Fact]
    public async Task An_error_of_the_store_is_answered_with_its_code_and_text_in_the_headers()
    {
        var answer = await client.CallAsync(Put, PutBytes("", "v"));
        Assert.Equal(("3", "etcdserver: key is not provided"), (answer.Status, answer.Message));
        Assert.Empty(answer.Body);
    }

    [Fact]
    public async Task An_exception_that_nobody_expected_ends_the_call_and_not_the_connection()
    {
        store.Failure = new InvalidOperationException("boom\n");
        var answer = await client.CallAsync(Put, PutBytes("k", "v"));
        Assert.Equal(("2", "InvalidOperationException: boom%0A"), (answer.Status, answer.Message));
        store.Failure = null;
        Assert.Equal("0", (await client.CallAsync(Put, PutBytes("k", "v"))).Status);
    }

    [Fact]
    public async Task A_request_over_the_bound_gets_etcds_error_and_one_far_over_it_gets_grpcs()
    {
        var over = await client.CallAsync(Put, PutBytes("k", new string('x', (3 << 19) + 1)));
        Assert.Equal(("3", "etcdserver: request is too large"), (over.Status, over.Message));

        var far = await client.CallAsync(Put, PutBytes("k", new string('x', 3 << 20)));
        Assert.Equal("8", far.Status);
        Assert.StartsWith("grpc: received message larger than max", far.Message);

        Assert.Equal("0", (await client.CallAsync(Put, PutBytes("k", new string('x', (3 << 19) - 100)))).Status);
    }

    [Theory]
    [InlineData("/etcdserverpb.KV/Nothing", "unknown method Nothing for service etcdserverpb.KV")]
    [InlineData("/nothing.At/All", "unknown service nothing.At")]
    [InlineData("/nothing", "malformed method name: \"/nothing\"")]
    [InlineData("/", "malformed method name: \"/\"")]
    public async Task An_unknown_method_is_unimplemented(string path, string message)
    {
        var answer = await client.CallAsync(path, []);
        Assert.Equal(("12", message), (answer.Status, answer.Message));
    }

    [Fact]
    public async Task Malformed_bytes_are_an_internal_error()
    {
        Assert.Equal(("13", "unexpected EOF"), await StatusOf([]));
        Assert.Equal(("13", "unexpected EOF"), await StatusOf([0, 0, 0]));
        Assert.Equal(("13", "unexpected EOF"), await StatusOf([0, 0, 0, 0, 9, 1]));
        var (status, message) = await StatusOf(RawGrpcClient.Frame([0xFF, 0xFF, 0xFF]));
        Assert.Equal("13", status);
        Assert.StartsWith("grpc: error unmarshalling request: ", message);

        async Task<(string?, string?)> StatusOf(byte[] body)
        {
            var answer = await client.PostAsync(Put, body);
            return (answer.Status, answer.Message);
        }
    }

    [Fact]
    public async Task Random_bytes_never_end_the_connection_and_always_get_a_status()
    {
        var random = new Random(1);
        string[] paths = [Put, Range, "/etcdserverpb.KV/Txn", "/etcdserverpb.KV/DeleteRange", "/etcdserverpb.Lease/LeaseGrant", Watch];
        for (var i = 0; i < 300; i++)
        {
            var body = new byte[random.Next(0, 64)];
            random.NextBytes(body);
            var answer = i % 2 == 0
                ? await client.PostAsync(paths[i % paths.Length], body)
                : await client.CallAsync(paths[i % paths.Length], body);
            Assert.NotNull(answer.Status);
        }
    }

    [Fact]
    public async Task A_compressed_request_is_refused_and_told_what_is_spoken()
    {
        var answer = await client.PostAsync(Put, RawGrpcClient.Frame([1, 2, 3], flag: 1), ("grpc-encoding", "gzip"));
        Assert.Equal("12", answer.Status);
        Assert.Contains("gzip", answer.Message);
    }

    [Fact]
    public async Task A_call_that_is_not_grpc_gets_an_http_answer()
    {
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await client.PostAsync(Put, [], ("content-type", "application/json"))).Http);
        using var get = new HttpRequestMessage(HttpMethod.Get, Put)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.SendAsync(get)).StatusCode);
        using var old = new HttpRequestMessage(HttpMethod.Get, Put) { Version = HttpVersion.Version11 };
        Assert.Equal(HttpStatusCode.UpgradeRequired, (await client.SendAsync(old)).StatusCode);
    }

    [Theory]
    [InlineData("application/grpc+proto", "0")]
    [InlineData("application/grpc", "0")]
    [InlineData("application/grpcx", null)]
    public async Task The_content_type_may_name_the_encoding(string type, string? status) =>
        Assert.Equal(status, (await client.PostAsync(Put, RawGrpcClient.Frame(PutBytes("k", "v")), ("content-type", type))).Status);

    [Fact]
    public async Task A_call_ends_at_its_deadline()
    {
        store.Gate = new TaskCompletionSource();
        var answer = await client.CallAsync(Put, PutBytes("k", "v"), ("grpc-timeout", "50m"));
        Assert.Equal(("4", "context deadline exceeded"), (answer.Status, answer.Message));
        store.Gate = null;
        Assert.Equal("0", (await client.CallAsync(Put, PutBytes("k", "v"), ("grpc-timeout", "10S"))).Status);
        Assert.Equal("13", (await client.CallAsync(Put, PutBytes("k", "v"), ("grpc-timeout", "soon"))).Status);
    }

    [Fact]
    public async Task A_call_that_needs_a_leader_fails_where_there_is_none()
    {
        store.Leader = 0;
        var answer = await client.CallAsync(Range, RangeBytes("k"), ("hasleader", "true"));
        Assert.Equal(("14", "etcdserver: no leader"), (answer.Status, answer.Message));
        Assert.Equal("0", (await client.CallAsync(Range, RangeBytes("k"))).Status);
    }

    [Fact]
    public async Task A_transaction_arrives_whole_and_its_answers_keep_their_kinds()
    {
        var txn = new Wire.TxnRequest
        {
            Compare =
            {
                new Wire.Compare
                {
                    Key = ByteString.CopyFromUtf8("k"),
                    Target = Wire.Compare.Types.CompareTarget.Mod,
                    Result = Wire.Compare.Types.CompareResult.Greater,
                    ModRevision = 5,
                },
            },
            Success = { new Wire.RequestOp { RequestPut = new Wire.PutRequest { Key = ByteString.CopyFromUtf8("a"), Lease = 3 } } },
            Failure = { new Wire.RequestOp { RequestTxn = new Wire.TxnRequest() } },
        };
        var answer = Wire.TxnResponse.Parser.ParseFrom((await client.CallAsync("/etcdserverpb.KV/Txn", txn.ToByteArray())).Single);

        var compare = Assert.Single(store.LastTxn!.Compare);
        Assert.Equal((KeyField.ModRevision, CompareResult.Greater, 5L), (compare.Target, compare.Result, compare.Number));
        Assert.Equal(3, Assert.IsType<PutRequest>(Assert.Single(store.LastTxn.Success)).Lease);
        Assert.IsType<TxnRequest>(Assert.Single(store.LastTxn.Failure));
        Assert.True(answer.Succeeded);
        Assert.Equal(
            [Wire.ResponseOp.ResponseOneofCase.ResponsePut, Wire.ResponseOp.ResponseOneofCase.ResponseTxn],
            answer.Responses.Select(r => r.ResponseCase));
    }

    [Fact]
    public async Task An_operation_of_no_kind_is_refused_as_etcd_does()
    {
        var txn = new Wire.TxnRequest { Success = { new Wire.RequestOp() } };
        Assert.Equal("etcdserver: key not found", (await client.CallAsync("/etcdserverpb.KV/Txn", txn.ToByteArray())).Message);
    }

    [Fact]
    public async Task A_sort_order_that_does_not_exist_is_refused()
    {
        var range = new Wire.RangeRequest { Key = ByteString.CopyFromUtf8("k"), SortOrder = (Wire.RangeRequest.Types.SortOrder)9 };
        Assert.Equal("3", (await client.CallAsync(Range, range.ToByteArray())).Status);
    }

    [Fact]
    public async Task A_watch_tells_of_puts_until_the_client_closes_its_side()
    {
        using var watch = await client.OpenAsync(Watch);
        await watch.SendAsync(new Wire.WatchRequest
        {
            CreateRequest = new Wire.WatchCreateRequest { WatchId = 4, Filters = { Wire.WatchCreateRequest.Types.FilterType.Nodelete } },
        }.ToByteArray());
        var created = Wire.WatchResponse.Parser.ParseFrom(await watch.ReadAsync());
        Assert.True(created.Created);
        Assert.Equal(4, created.WatchId);
        Assert.Equal([0], store.LastWatch!.Key.ToArray());
        Assert.True(store.LastWatch.NoDelete && !store.LastWatch.NoPut);

        await client.CallAsync(Put, PutBytes("k", "v"));
        var events = Wire.WatchResponse.Parser.ParseFrom(await watch.ReadAsync());
        Assert.Equal("v", Assert.Single(events.Events).Kv.Value.ToStringUtf8());

        await watch.SendAsync(new Wire.WatchRequest { ProgressRequest = new Wire.WatchProgressRequest() }.ToByteArray());
        Assert.Equal(-1, Wire.WatchResponse.Parser.ParseFrom(await watch.ReadAsync()).WatchId);

        // As in etcd, a client that closes its side is told on.
        await watch.CompleteAsync();
        await client.CallAsync(Put, PutBytes("k", "w"));
        Assert.Equal("w", Assert.Single(Wire.WatchResponse.Parser.ParseFrom(await watch.ReadAsync()).Events).Kv.Value.ToStringUtf8());
        Assert.Equal(1, store.OpenStreams);
    }

    [Fact]
    public async Task Broken_bytes_on_a_watch_stream_end_it_with_a_status()
    {
        using var watch = await client.OpenAsync(Watch);
        await watch.SendRawAsync([7, 0, 0, 0, 0]);
        Assert.Null(await watch.ReadAsync());
        Assert.Equal("13", watch.Status);
        Assert.Equal(0, store.OpenStreams);
    }

    [Fact]
    public async Task Stopping_the_endpoint_ends_its_streams_with_server_stopped()
    {
        using var watch = await client.OpenAsync(Watch);
        var stop = endpoint.DisposeAsync().AsTask();
        try
        {
            Assert.Null(await watch.ReadAsync());
            Assert.Equal(("14", "etcdserver: server stopped"), (watch.Status, watch.Message));
        }
        catch (HttpProtocolException e) when (e.ErrorCode == NoError)
        {
            // .NET's client drops an answer that it has not read when the connection closes while its own half is open: it knows of the
            // server's going from the connection then.
        }
        await stop;
    }

    [Fact]
    public async Task Leases_are_kept_alive_in_order_on_one_stream()
    {
        using var keep = await client.OpenAsync("/etcdserverpb.Lease/LeaseKeepAlive");
        foreach (var (id, ttl) in ((long, long)[])[(5, 30), (404, 0), (6, 30)])
        {
            await keep.SendAsync(new Wire.LeaseKeepAliveRequest { ID = id }.ToByteArray());
            var kept = Wire.LeaseKeepAliveResponse.Parser.ParseFrom(await keep.ReadAsync());
            Assert.Equal((id, ttl), (kept.ID, kept.TTL));
        }
        await keep.CompleteAsync();
        Assert.Null(await keep.ReadAsync());
        Assert.Equal("0", keep.Status);
    }

    [Fact]
    public async Task A_port_in_use_is_an_error_that_names_it()
    {
        var error = await Assert.ThrowsAsync<IOException>(() =>
            EtcdEndpoint.StartAsync(new OpenAccess(store), new EtcdEndpointOptions { Listen = endpoint.Local }));
        Assert.Equal($"cannot listen on {endpoint.Local}: the address is in use", error.Message);
    }

    private static byte[] PutBytes(string key, string value) =>
        new Wire.PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFrom(value, Encoding.ASCII) }.ToByteArray();

    private static byte[] RangeBytes(string key) => new Wire.RangeRequest { Key = ByteString.CopyFromUtf8(key) }.ToByteArray();
}
