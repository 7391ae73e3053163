using Quorate.Client.Grpc;
using Quorate.Services.Coordination;
using Wire = Quorate.Client.Wire;

namespace Quorate.Tests.Client;

/// <summary>Users, passwords and tokens.</summary>
public sealed class TokenTests
{
    // As etcd words it for a watch.
    private const string Refusal = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";
    private static readonly TxnRequest Put = new([], [new PutRequest("k"u8.ToArray(), "v"u8.ToArray())], []);

    [Fact]
    public async Task A_token_is_asked_for_once_and_anew_when_it_is_not_accepted_any_more()
    {
        await using var cluster = await LoggingInAsync(call => call.AnswerAsync(new Wire.TxnResponse { Succeeded = true }));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => cluster.Provider.TxnAsync(Put, default).AsTask()));
        Assert.Equal(1, cluster.CallsOf("Authenticate"));
        cluster.On("Txn", call => call.Header("token") == "t1"
            ? call.EndAsync(GrpcCode.Unauthenticated, "etcdserver: invalid auth token")
            : call.AnswerAsync(new Wire.TxnResponse { Succeeded = true }));
        Assert.True((await cluster.Provider.TxnAsync(Put, default)).Succeeded);
        Assert.Equal(2, cluster.CallsOf("Authenticate"));
    }

    [Fact]
    public async Task A_cluster_that_refuses_every_token_is_not_asked_for_ever()
    {
        await using var cluster = await LoggingInAsync(call => call.EndAsync(GrpcCode.Unauthenticated, "etcdserver: invalid auth token"));
        var error = await Assert.ThrowsAsync<CoordinationException>(() => cluster.Provider.TxnAsync(Put, default).AsTask());
        Assert.Contains("invalid auth token", error.Message);
        Assert.Equal(CoordinationError.InvalidAuthToken, error.Error);
        Assert.Equal(3, cluster.CallsOf("Txn"));
    }

    [Fact]
    public async Task A_wrong_password_is_told_to_whoever_calls()
    {
        await using var cluster = await LoggingInAsync(call => call.AnswerAsync(new Wire.TxnResponse()));
        cluster.On("Authenticate", call => call.EndAsync(GrpcCode.InvalidArgument, "etcdserver: authentication failed, invalid user ID or password"));
        var error = await Assert.ThrowsAsync<CoordinationException>(() => cluster.Provider.TxnAsync(Put, default).AsTask());
        Assert.Equal(CoordinationError.AuthFailed, error.Error);
        Assert.Contains("invalid user ID or password", error.Message);
        await Assert.ThrowsAsync<CoordinationException>(() => cluster.Provider.LeaseKeepAliveAsync(1, default).AsTask());
        await using var stream = cluster.Provider.OpenWatchStream();
        Assert.Contains("password", (await Assert.ThrowsAsync<CoordinationException>(() => stream.ReadAsync().AsTask())).Message);
        Assert.Equal(0, cluster.CallsOf("Txn"));
    }

    [Fact]
    public async Task Where_the_cluster_knows_no_users_calls_are_made_as_nobody()
    {
        await using var cluster = await LoggingInAsync(call => call.AnswerAsync(new Wire.TxnResponse { Succeeded = call.Header("token") is null }));
        cluster.On("Authenticate", call => call.EndAsync(GrpcCode.FailedPrecondition, "etcdserver: authentication is not enabled"));
        Assert.True((await cluster.Provider.TxnAsync(Put, default)).Succeeded);
    }

    [Fact]
    public async Task A_watch_that_is_refused_for_an_old_token_may_be_opened_again_and_one_that_is_refused_for_good_says_so()
    {
        await using var cluster = await LoggingInAsync(call => call.AnswerAsync(new Wire.TxnResponse { Succeeded = true }));
        cluster.On("Watch", async call =>
        {
            await call.WriteAsync(new Wire.WatchResponse { Created = true, Canceled = true, CancelReason = Refusal });
            await call.NeverAsync();
        });
        cluster.On("Range", call => call.Header("token") == "t1"
            ? call.EndAsync(GrpcCode.Unauthenticated, "etcdserver: invalid auth token")
            : call.AnswerAsync(new Wire.RangeResponse()));
        await using (var old = cluster.Provider.OpenWatchStream())
        {
            old.Create(new WatchCreateRequest("k"u8.ToArray()));
            Assert.Equal(CoordinationError.NoLeader, (await Assert.ThrowsAsync<CoordinationException>(() => old.ReadAsync().AsTask())).Error);
        }

        Assert.Equal(2, cluster.CallsOf("Authenticate"));
        cluster.On("Range", call => call.EndAsync(GrpcCode.PermissionDenied, "etcdserver: permission denied"));
        await using var fresh = cluster.Provider.OpenWatchStream();
        fresh.Create(new WatchCreateRequest("k"u8.ToArray()));
        var refused = (await fresh.ReadAsync())!;
        Assert.Equal((true, Refusal), (refused.Canceled, refused.CancelReason));
        Assert.Equal(2, cluster.CallsOf("Authenticate"));
    }

    private static async Task<ClientCluster> LoggingInAsync(Func<ScriptedCall, Task> txn)
    {
        var cluster = await ClientCluster.StartAsync(1, o => o with { User = "app", Password = "secret" });
        cluster.On("Txn", txn);
        cluster.On("Authenticate", async call =>
        {
            var request = (await call.ReadAsync(Wire.AuthenticateRequest.Parser))!;
            Assert.Equal(("app", "secret"), (request.Name, request.Password));
            await call.AnswerAsync(new Wire.AuthenticateResponse { Token = $"t{cluster.CallsOf("Authenticate")}" });
        });
        return cluster;
    }
}
