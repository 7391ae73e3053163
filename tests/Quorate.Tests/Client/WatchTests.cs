using Quorate.Client.Grpc;
using Quorate.Services.Coordination;
using Wire = Quorate.Client.Wire;

namespace Quorate.Tests.Client;

/// <summary>Streams of watches.</summary>
public sealed class WatchTests
{
    private static readonly WatchCreateRequest All = new("k"u8.ToArray(), "l"u8.ToArray(), StartRevision: 5);

    [Fact]
    public async Task A_revision_that_comes_in_parts_is_told_as_one()
    {
        await using var cluster = await ClientCluster.StartAsync(1);
        cluster.On("Watch", async call =>
        {
            var create = (await call.ReadAsync(Wire.WatchRequest.Parser))!.CreateRequest;
            Assert.True(create.Fragment && create.ProgressNotify && create.StartRevision == 5);
            await call.WriteAsync(new Wire.WatchResponse { Created = true });
            await call.WriteAsync(Events(fragment: true, 5, 6));
            await call.WriteAsync(Events(fragment: true, 6, 6));
            await call.WriteAsync(Events(fragment: false, 6, 7));
            await call.NeverAsync();
        });
        await using var stream = cluster.Provider.OpenWatchStream();
        stream.Create(All);
        Assert.Equal(WatchMessageKind.Created, (await stream.ReadAsync())!.Kind);
        Assert.Equal([5], await RevisionsAsync(stream));
        Assert.Equal([6, 6, 6, 6, 7], await RevisionsAsync(stream));
    }

    [Fact]
    public async Task An_answer_to_a_request_for_progress_claims_no_more_than_was_told_and_what_is_told_unasked_is_believed()
    {
        await using var cluster = await ClientCluster.StartAsync(1);
        cluster.On("Watch", async call =>
        {
            await call.ReadAsync(Wire.WatchRequest.Parser);
            await call.WriteAsync(Events(fragment: false, 5));
            Assert.NotNull((await call.ReadAsync(Wire.WatchRequest.Parser))!.ProgressRequest);
            await call.WriteAsync(new Wire.WatchResponse { WatchId = -1, Header = new Wire.ResponseHeader { Revision = 9 } });
            await call.WriteAsync(Events(fragment: false, 8));
            await call.WriteAsync(new Wire.WatchResponse { Header = new Wire.ResponseHeader { Revision = 10 } });
            await call.NeverAsync();
        });
        await using var stream = cluster.Provider.OpenWatchStream();
        stream.Create(All);
        Assert.Equal([5], await RevisionsAsync(stream));
        stream.RequestProgress();
        var answer = (await stream.ReadAsync())!;
        Assert.Equal((WatchMessageKind.Progress, 5L), (answer.Kind, answer.Header.Revision));
        Assert.Equal([8], await RevisionsAsync(stream));
        var unasked = (await stream.ReadAsync())!;
        Assert.Equal((WatchMessageKind.Progress, 10L), (unasked.Kind, unasked.Header.Revision));
    }

    [Fact]
    public async Task A_watch_that_is_compacted_away_says_so()
    {
        await using var cluster = await ClientCluster.StartAsync(1);
        cluster.On("Watch", async call =>
        {
            await call.WriteAsync(new Wire.WatchResponse { Created = true });
            await call.WriteAsync(new Wire.WatchResponse { Canceled = true, CompactRevision = 40 });
            await call.NeverAsync();
        });
        await using var stream = cluster.Provider.OpenWatchStream();
        stream.Create(All);
        await stream.ReadAsync();
        var ended = (await stream.ReadAsync())!;
        Assert.Equal((WatchMessageKind.Canceled, 40L, true), (ended.Kind, ended.CompactRevision, ended.Canceled));
    }

    [Theory]
    [InlineData("etcdserver: no leader")]
    [InlineData("etcdserver: server stopped")]
    public async Task A_stream_that_its_member_ends_may_be_opened_again(string why)
    {
        await using var cluster = await ClientCluster.StartAsync(1);
        cluster.On("Watch", async call =>
        {
            Assert.Equal("true", call.Header("hasleader"));
            await call.WriteAsync(new Wire.WatchResponse { Created = true });
            await call.EndAsync(GrpcCode.Unavailable, why);
        });
        await using var stream = cluster.Provider.OpenWatchStream();
        stream.Create(All);
        await stream.ReadAsync();
        var error = await Assert.ThrowsAsync<CoordinationException>(() => stream.ReadAsync().AsTask());
        Assert.Equal(CoordinationError.NoLeader, error.Error);
    }

    [Fact]
    public async Task A_reader_that_is_slow_holds_the_server_up_and_loses_nothing()
    {
        await using var cluster = await ClientCluster.StartAsync(1);
        const int Count = 2000;
        var sent = 0;
        cluster.On("Watch", async call =>
        {
            for (var i = 1; i <= Count; i++)
            {
                var events = Events(fragment: false, i);
                events.Events[0].Kv.Value = Google.Protobuf.ByteString.CopyFrom(new byte[4096]);
                await call.WriteAsync(events);
                Volatile.Write(ref sent, i);
            }

            await call.NeverAsync();
        });
        await using var stream = cluster.Provider.OpenWatchStream();
        stream.Create(All);
        await Task.Delay(500);
        Assert.True(Volatile.Read(ref sent) < Count, "the server was not held up");
        for (var i = 1; i <= Count; i++)
            Assert.Equal([i], await RevisionsAsync(stream));
    }

    [Fact]
    public async Task Streams_beyond_the_bound_are_refused_and_a_client_that_stops_ends_them()
    {
        await using var cluster = await ClientCluster.StartAsync(1, o => o with { WatchStreamsMax = 1 });
        cluster.On("Watch", call => call.NeverAsync());
        var first = cluster.Provider.OpenWatchStream();
        await using var second = cluster.Provider.OpenWatchStream();
        var refused = await Assert.ThrowsAsync<CoordinationException>(() => second.ReadAsync().AsTask());
        Assert.Equal(CoordinationError.TooManyRequests, refused.Error);

        await first.DisposeAsync();
        Assert.Null(await first.ReadAsync());
        IWatchStream third;
        for (var i = 0; ; i++)
        {
            third = cluster.Provider.OpenWatchStream();
            var reading = third.ReadAsync().AsTask();
            if (await Task.WhenAny(reading, Task.Delay(100)) != reading)
            {
                await cluster.Provider.DisposeAsync();
                Assert.Equal(CoordinationError.Stopped, (await Assert.ThrowsAsync<CoordinationException>(() => reading)).Error);
                return;
            }

            Assert.True(i < 50, "the first stream never made room");
            await Task.Delay(20);
        }
    }

    private static Wire.WatchResponse Events(bool fragment, params long[] revisions)
    {
        var response = new Wire.WatchResponse { Fragment = fragment, Header = new Wire.ResponseHeader { Revision = revisions[^1] } };
        response.Events.AddRange(revisions.Select(r => new Wire.Event { Kv = new Wire.KeyValue { ModRevision = r } }));
        return response;
    }

    private static async Task<IEnumerable<long>> RevisionsAsync(IWatchStream stream)
    {
        var message = (await stream.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10)))!;
        Assert.Equal(WatchMessageKind.Events, message.Kind);
        return [.. message.Events.Select(e => e.KeyValue.ModRevision)];
    }
}
