using Quorate.Client.Grpc;
using Quorate.Services.Coordination;
using Wire = Quorate.Client.Wire;

namespace Quorate.Tests.Client;

/// <summary>What is repeated, where, and what the caller is told.</summary>
public sealed class CallTests
{
    private static readonly TxnRequest Put = new([], [new PutRequest("k"u8.ToArray(), "v"u8.ToArray())], []);
    private static readonly RangeRequest Get = new("k"u8.ToArray());

    [Fact]
    public async Task A_write_whose_connection_broke_is_told_to_be_unknown_and_is_not_sent_again()
    {
        await using var cluster = await ClientCluster.StartAsync(2);
        cluster.On("Txn", async call =>
        {
            await call.ReadAsync(Wire.TxnRequest.Parser);
            call.Abort();
        });
        var error = await Assert.ThrowsAsync<CoordinationException>(() => cluster.Provider.TxnAsync(Put, default).AsTask());
        Assert.Equal(CoordinationError.Timeout, error.Error);
        Assert.Equal(1, cluster.CallsOf("Txn"));
    }

    [Fact]
    public async Task A_read_whose_connection_broke_is_made_again_elsewhere()
    {
        await using var cluster = await ClientCluster.StartAsync(2);
        cluster.On("Range", AnswerOnSecondCall(cluster, "Range", call => { call.Abort(); return Task.CompletedTask; }));
        Assert.Equal(7, (await cluster.Provider.RangeAsync(Get, default)).Header.Revision);
        Assert.All(cluster.Servers, s => Assert.Equal(1, s.CallsOf("Range")));
    }

    [Fact]
    public async Task A_transaction_that_only_reads_is_made_again_too()
    {
        await using var cluster = await ClientCluster.StartAsync(2);
        cluster.On("Txn", async call =>
        {
            await call.ReadAsync(Wire.TxnRequest.Parser);
            if (cluster.CallsOf("Txn") == 1)
                call.Abort();
            else
                await call.AnswerAsync(new Wire.TxnResponse { Succeeded = true });
        });
        Assert.True((await cluster.Provider.TxnAsync(new TxnRequest([], [Get], []), default)).Succeeded);
    }

    [Fact]
    public async Task A_write_that_a_member_without_leader_refused_is_made_elsewhere_and_that_member_is_left_alone_until_it_has_one()
    {
        await using var cluster = await ClientCluster.StartAsync(2);
        var leader = 0UL;
        foreach (var server in cluster.Servers)
        {
            server.On("Txn", async call =>
            {
                Assert.Equal("true", call.Header("hasleader"));
                await (server == cluster.Servers[1]
                    ? call.EndAsync(GrpcCode.Unavailable, "etcdserver: no leader")
                    : call.AnswerAsync(new Wire.TxnResponse { Succeeded = true }));
            });
        }

        cluster.Servers[1].On("Status", call => call.AnswerAsync(new Wire.StatusResponse { Leader = Volatile.Read(ref leader) }));
        for (var i = 0; i < 10; i++)
            Assert.True((await cluster.Provider.TxnAsync(Put, default)).Succeeded);
        Assert.Equal(10, cluster.Servers[0].CallsOf("Txn"));
        Assert.Equal(1, cluster.Servers[1].CallsOf("Txn"));

        Volatile.Write(ref leader, 1);
        cluster.Servers[1].On("Txn", call => call.AnswerAsync(new Wire.TxnResponse { Succeeded = true }));
        await UntilAsync(async () =>
        {
            await cluster.Provider.TxnAsync(Put, default);
            return cluster.Servers[1].CallsOf("Txn") > 1;
        });
    }

    [Fact]
    public async Task A_call_waits_for_a_leader_until_its_time_is_over_and_says_then_what_each_endpoint_failed_in()
    {
        await using var cluster = await ClientCluster.StartAsync(1, o => o with { CallTimeout = TimeSpan.FromMilliseconds(500) });
        cluster.On("Txn", call => call.EndAsync(GrpcCode.Unavailable, "etcdserver: no leader"));
        cluster.On("Status", call => call.AnswerAsync(new Wire.StatusResponse()));
        var error = await Assert.ThrowsAsync<CoordinationException>(() => cluster.Provider.TxnAsync(Put, default).AsTask());
        Assert.Equal(CoordinationError.NoLeader, error.Error);
        Assert.Contains("it knows no leader", error.Message);
        Assert.Equal(1, cluster.CallsOf("Txn"));
    }

    [Fact]
    public async Task An_endpoint_where_nobody_listens_costs_nothing_but_the_attempt()
    {
        await using var cluster = await ClientCluster.StartAsync(1, o => o with { Endpoints = [.. o.Endpoints, $"127.0.0.1:{FreePorts.Some(1)[0]}"] });
        cluster.On("Txn", call => call.AnswerAsync(new Wire.TxnResponse { Succeeded = true }));
        for (var i = 0; i < 4; i++)
            Assert.True((await cluster.Provider.TxnAsync(Put, default)).Succeeded);
    }

    [Fact]
    public async Task A_silent_endpoint_loses_its_reads_at_once_and_its_writes_when_it_is_shown_to_be_silent()
    {
        await using var cluster = await ClientCluster.StartAsync(2, ClientCluster.Hasty);
        foreach (var method in (string[])["Range", "Txn", "Status"])
            cluster.Servers[1].On(method, call => call.NeverAsync());
        cluster.Servers[0].On("Range", call => call.AnswerAsync(Revision(7)));
        cluster.Servers[0].On("Txn", call => call.AnswerAsync(new Wire.TxnResponse { Succeeded = true }));
        var writing = cluster.Provider.TxnAsync(Put, default).AsTask();
        var unknown = await Assert.ThrowsAsync<CoordinationException>(() => writing.WaitAsync(TimeSpan.FromSeconds(3)));
        Assert.Equal(CoordinationError.Timeout, unknown.Error);
        for (var i = 0; i < 4; i++)
            Assert.Equal(7, (await cluster.Provider.RangeAsync(Get, default).AsTask().WaitAsync(TimeSpan.FromSeconds(3))).Header.Revision);
    }

    [Fact]
    public async Task A_slow_write_to_an_endpoint_that_lives_is_waited_for()
    {
        await using var cluster = await ClientCluster.StartAsync(1, ClientCluster.Hasty);
        cluster.On("Txn", async call =>
        {
            await Task.Delay(1500);
            await call.AnswerAsync(new Wire.TxnResponse { Succeeded = true });
        });
        Assert.True((await cluster.Provider.TxnAsync(Put, default)).Succeeded);
    }

    [Theory]
    [InlineData(GrpcCode.NotFound, "etcdserver: requested lease not found", CoordinationError.LeaseNotFound)]
    [InlineData(GrpcCode.OutOfRange, "etcdserver: mvcc: required revision has been compacted", CoordinationError.Compacted)]
    [InlineData(GrpcCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded", CoordinationError.NoSpace)]
    [InlineData(GrpcCode.ResourceExhausted, "etcdserver: too many requests", CoordinationError.TooManyRequests)]
    [InlineData(GrpcCode.InvalidArgument, "etcdserver: duplicate key given in txn request", CoordinationError.DuplicateKey)]
    [InlineData(GrpcCode.PermissionDenied, "etcdserver: permission denied", CoordinationError.PermissionDenied)]
    [InlineData(GrpcCode.Unavailable, "etcdserver: request timed out", CoordinationError.Timeout)]
    [InlineData(GrpcCode.Unavailable, "etcdserver: request timed out, possibly due to previous leader failure", CoordinationError.Timeout)]
    [InlineData(GrpcCode.Unavailable, "etcdserver: server stopped", CoordinationError.Timeout)]
    [InlineData(GrpcCode.Unknown, "what nobody has heard of: 100%25", CoordinationError.Internal)]
    internal async Task An_answer_is_told_as_the_error_that_it_is_and_a_write_is_made_once(GrpcCode code, string text, CoordinationError expected)
    {
        await using var cluster = await ClientCluster.StartAsync(2);
        cluster.On("Txn", call => call.EndAsync(code, text));
        var error = await Assert.ThrowsAsync<CoordinationException>(() => cluster.Provider.TxnAsync(Put, default).AsTask());
        Assert.Equal(expected, error.Error);
        Assert.Contains(text.Replace("%25", "%"), error.Message);
        Assert.Equal(1, cluster.CallsOf("Txn"));
    }

    [Fact]
    public async Task An_answer_beyond_the_bound_is_an_error_and_is_not_asked_for_again()
    {
        await using var cluster = await ClientCluster.StartAsync(2, o => o with { MessageBytesMax = 64 << 10 });
        cluster.On("Range", call => call.AnswerAsync(new Wire.RangeResponse
        {
            Kvs = { new Wire.KeyValue { Value = Google.Protobuf.ByteString.CopyFrom(new byte[65 << 10]) } },
        }));
        var error = await Assert.ThrowsAsync<CoordinationException>(() => cluster.Provider.RangeAsync(Get, default).AsTask());
        Assert.Contains("larger than max", error.Message);
        Assert.Equal(1, cluster.CallsOf("Range"));
    }

    [Fact]
    public async Task Calls_beyond_the_bound_are_refused_and_the_others_end_with_the_client()
    {
        await using var cluster = await ClientCluster.StartAsync(1, o => o with { CallsMax = 2 });
        cluster.On("Txn", call => call.NeverAsync());
        Task<TxnResponse>[] waiting = [cluster.Provider.TxnAsync(Put, default).AsTask(), cluster.Provider.TxnAsync(Put, default).AsTask()];
        var refused = await Assert.ThrowsAsync<CoordinationException>(() => cluster.Provider.TxnAsync(Put, default).AsTask());
        Assert.Equal(CoordinationError.TooManyRequests, refused.Error);
        await cluster.Provider.DisposeAsync();
        foreach (var call in waiting)
            Assert.Equal(CoordinationError.Stopped, (await Assert.ThrowsAsync<CoordinationException>(() => call)).Error);
        Assert.Equal(CoordinationError.Stopped, (await Assert.ThrowsAsync<CoordinationException>(() => cluster.Provider.RangeAsync(Get, default).AsTask())).Error);
    }

    [Fact]
    public async Task Who_gives_up_is_told_so()
    {
        await using var cluster = await ClientCluster.StartAsync(1);
        cluster.On("Txn", call => call.NeverAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.Provider.TxnAsync(Put, patience.Token).AsTask());
    }

    [Fact]
    public async Task Calls_are_spread_over_the_endpoints()
    {
        await using var cluster = await ClientCluster.StartAsync(3);
        cluster.On("Range", call => call.AnswerAsync(Revision(7)));
        for (var i = 0; i < 30; i++)
            await cluster.Provider.RangeAsync(Get, default);
        Assert.All(cluster.Servers, s => Assert.Equal(10, s.CallsOf("Range")));
    }

    private static Wire.RangeResponse Revision(long revision) => new() { Header = new Wire.ResponseHeader { Revision = revision } };

    private static Func<ScriptedCall, Task> AnswerOnSecondCall(ClientCluster cluster, string method, Func<ScriptedCall, Task> first) =>
        call => cluster.CallsOf(method) == 1 ? first(call) : call.AnswerAsync(Revision(7));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await holds())
            await Task.Delay(20, limit.Token);
    }
}
