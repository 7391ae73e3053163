using Quorate.Client.Grpc;
using Quorate.Services.Coordination;
using Wire = Quorate.Client.Wire;

namespace Quorate.Tests.Client;

/// <summary>The stream of renewals.</summary>
public sealed class KeepAliveTests
{
    [Fact]
    public async Task Renewals_share_one_stream_and_each_gets_its_own_answer()
    {
        await using var cluster = await ClientCluster.StartAsync(2);
        cluster.On("LeaseKeepAlive", EchoAsync);
        var answers = await Task.WhenAll(Enumerable.Range(1, 50).Select(id => cluster.Provider.LeaseKeepAliveAsync(id, default).AsTask()));
        Assert.Equal(Enumerable.Range(1, 50).Select(id => (long)id), answers.Select(a => a.Id));
        Assert.Equal(1, cluster.CallsOf("LeaseKeepAlive"));
    }

    [Fact]
    public async Task A_lease_that_is_not_there_has_no_time_left()
    {
        await using var cluster = await ClientCluster.StartAsync(1);
        cluster.On("LeaseKeepAlive", async call =>
        {
            while (await call.ReadAsync(Wire.LeaseKeepAliveRequest.Parser) is { } request)
                await call.WriteAsync(new Wire.LeaseKeepAliveResponse { ID = request.ID });
        });
        Assert.Equal(0, (await cluster.Provider.LeaseKeepAliveAsync(7, default)).TtlSeconds);
    }

    [Fact]
    public async Task The_late_answer_to_a_renewal_that_was_given_up_is_not_taken_for_that_of_the_next_one()
    {
        // The header's revision says which request an answer is of: a session counts from the sending of the one that was answered.
        await using var cluster = await ClientCluster.StartAsync(1);
        var first = new TaskCompletionSource();
        cluster.On("LeaseKeepAlive", async call =>
        {
            for (var i = 1; await call.ReadAsync(Wire.LeaseKeepAliveRequest.Parser) is { } request; i++)
            {
                if (i == 1)
                    await first.Task;
                await call.WriteAsync(new Wire.LeaseKeepAliveResponse { ID = request.ID, TTL = 5, Header = new Wire.ResponseHeader { Revision = i } });
            }
        });
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.Provider.LeaseKeepAliveAsync(7, patience.Token).AsTask());
        var second = cluster.Provider.LeaseKeepAliveAsync(7, default).AsTask();
        first.SetResult();
        Assert.Equal(2, (await second).Header.Revision);
        Assert.Equal(1, cluster.CallsOf("LeaseKeepAlive"));
    }

    [Fact]
    public async Task A_renewal_goes_elsewhere_when_its_stream_is_silent_or_breaks_or_its_member_has_no_leader()
    {
        await using var cluster = await ClientCluster.StartAsync(3);
        Func<ScriptedCall, Task>[] failures =
        [
            call => call.NeverAsync(),
            call => { call.Abort(); return Task.CompletedTask; },
            call => call.EndAsync(GrpcCode.Unavailable, "etcdserver: no leader"),
        ];
        foreach (var failure in failures)
        {
            var before = cluster.CallsOf("LeaseKeepAlive");
            cluster.On("LeaseKeepAlive", call => cluster.CallsOf("LeaseKeepAlive") == before + 1 ? failure(call) : EchoAsync(call));
            // An open stream is used on: only a new client opens one for sure.
            await using var client = new Quorate.Client.Providers.EtcdProvider(new Quorate.Client.EtcdClientOptions
            {
                Endpoints = [.. cluster.Servers.Select(s => s.Endpoint)],
                SilenceMax = TimeSpan.FromMilliseconds(300),
            });
            Assert.Equal(5, (await client.LeaseKeepAliveAsync(7, default).AsTask().WaitAsync(TimeSpan.FromSeconds(4))).TtlSeconds);
        }
    }

    [Fact]
    public async Task A_renewal_that_nobody_answers_ends_in_time()
    {
        await using var cluster = await ClientCluster.StartAsync(2, o => ClientCluster.Hasty(o) with { CallTimeout = TimeSpan.FromSeconds(1) });
        cluster.On("LeaseKeepAlive", call => call.NeverAsync());
        var error = await Assert.ThrowsAsync<CoordinationException>(() => cluster.Provider.LeaseKeepAliveAsync(7, default).AsTask().WaitAsync(TimeSpan.FromSeconds(4)));
        Assert.True(error.Error is CoordinationError.Timeout or CoordinationError.NoLeader, $"{error.Error}");
    }

    private static async Task EchoAsync(ScriptedCall call)
    {
        while (await call.ReadAsync(Wire.LeaseKeepAliveRequest.Parser) is { } request)
            await call.WriteAsync(new Wire.LeaseKeepAliveResponse { ID = request.ID, TTL = 5 });
    }
}
