using Google.Protobuf;
using Quorate.Server.Etcd;
using Quorate.Tests.Server.Grpc;
using Wire = Quorate.Client.Wire;

namespace Quorate.Tests.Server.Etcd;

/// <summary>What etcd 3.4.23 answers to the same calls, but where a remark says otherwise.</summary>
public sealed class LocksAndElectionsTests(ServedNode node) : IClassFixture<ServedNode>
{
    private const string Lock = "/v3lockpb.Lock/Lock";
    private const string Unlock = "/v3lockpb.Lock/Unlock";
    private const string Campaign = "/v3electionpb.Election/Campaign";
    private const string Proclaim = "/v3electionpb.Election/Proclaim";
    private const string Leader = "/v3electionpb.Election/Leader";
    private const string Observe = "/v3electionpb.Election/Observe";
    private const string Resign = "/v3electionpb.Election/Resign";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(0x1000, "l1/1000")]
    [InlineData(-255, "l1/-ff")]
    public async Task The_key_of_a_lock_is_its_name_and_the_lease_in_hexadecimal(long lease, string key)
    {
        await GrantAsync(lease);
        var held = await LockAsync("l1", lease);
        Assert.Equal(key, held.Key.ToStringUtf8());
        Assert.True(held.Header.Revision > 1);
        Assert.Equal([key], await KeysAsync("l1/"));
        // The same lease has it already.
        Assert.Equal(key, (await LockAsync("l1", lease)).Key.ToStringUtf8());
        await UnlockAsync(held.Key);
        Assert.Empty(await KeysAsync("l1/"));
    }

    [Fact]
    public async Task Without_a_lease_the_server_grants_one_of_a_minute()
    {
        var held = await LockAsync("l2", 0);
        var lease = Convert.ToInt64(held.Key.ToStringUtf8()["l2/".Length..], 16);
        var left = await node.DoAsync(
            "/etcdserverpb.Lease/LeaseTimeToLive", new Wire.LeaseTimeToLiveRequest { ID = lease }, Wire.LeaseTimeToLiveResponse.Parser);
        Assert.Equal(60, left.GrantedTTL);
    }

    [Fact]
    public async Task A_lock_passes_on_in_the_order_of_the_line()
    {
        foreach (var lease in (long[])[21, 22, 23])
            await GrantAsync(lease);
        var first = await LockAsync("l3", 21);
        var second = LockAsync("l3", 22);
        await UntilAsync("l3/", 2);
        var third = LockAsync("l3", 23);
        await UntilAsync("l3/", 3);
        Assert.False(second.IsCompleted || third.IsCompleted);
        await UnlockAsync(first.Key);
        await UnlockAsync((await second.WaitAsync(Limit)).Key);
        Assert.Equal("l3/17", (await third.WaitAsync(Limit)).Key.ToStringUtf8());
    }

    [Fact]
    public async Task Who_goes_away_gives_the_place_in_line_up()
    {
        await GrantAsync(31);
        await GrantAsync(32);
        await LockAsync("l4", 31);
        await GoneAsync(Lock, new Wire.LockRequest { Name = Bytes("l4"), Lease = 32 }, "l4/");
        await CampaignAsync("e4", 31, "x");
        await GoneAsync(Campaign, new Wire.CampaignRequest { Name = Bytes("e4"), Lease = 32 }, "e4/");
    }

    [Fact]
    public async Task A_deadline_ends_the_wait_and_the_place()
    {
        await GrantAsync(41);
        await GrantAsync(42);
        await LockAsync("l5", 41);
        var late = await node.Client.CallAsync(
            Lock, new Wire.LockRequest { Name = Bytes("l5"), Lease = 42 }.ToByteArray(), ("grpc-timeout", "200m"));
        Assert.Equal(("4", "context deadline exceeded"), (late.Status, late.Message));
        await UntilAsync("l5/", 1);
    }

    /// <summary>etcd 3.4 answers that it holds the lock; 3.5 answers as we do.</summary>
    [Fact]
    public async Task Who_loses_the_lease_while_waiting_is_told()
    {
        await GrantAsync(51);
        await GrantAsync(52);
        var first = await LockAsync("l6", 51);
        var second = node.FailAsync(Lock, new Wire.LockRequest { Name = Bytes("l6"), Lease = 52 });
        await UntilAsync("l6/", 2);
        await node.DoAsync("/etcdserverpb.Lease/LeaseRevoke", new Wire.LeaseRevokeRequest { ID = 52 }, Wire.HeaderResponse.Parser);
        await UnlockAsync(first.Key);
        Assert.Equal(("2", "mutex: session is expired"), await second.WaitAsync(Limit));
    }

    [Fact]
    public async Task Wrong_calls_get_etcds_errors()
    {
        Assert.Equal(("2", "etcdserver: requested lease not found"), await node.FailAsync(Lock, new Wire.LockRequest { Lease = 999 }));
        Assert.Equal(("2", "etcdserver: requested lease not found"), await node.FailAsync(Campaign, new Wire.CampaignRequest { Lease = 999 }));
        Assert.Equal(("2", "etcdserver: key is not provided"), await node.FailAsync(Unlock, new Wire.UnlockRequest()));
        Assert.Equal(("2", "election: no leader"), await node.FailAsync(Leader, new Wire.LeaderRequest { Name = Bytes("none") }));
        Assert.Equal(("2", "\"leader\" field must be provided"), await node.FailAsync(Proclaim, new Wire.ProclaimRequest()));
        Assert.Equal(("2", "\"leader\" field must be provided"), await node.FailAsync(Resign, new Wire.ResignRequest()));
        var stranger = new Wire.LeaderKey { Name = Bytes("none"), Key = Bytes("none/1"), Rev = 1, Lease = 77 };
        Assert.Equal(("2", "election: not leader"), await node.FailAsync(Proclaim, new Wire.ProclaimRequest { Leader = stranger }));
        await node.DoAsync(Resign, new Wire.ResignRequest { Leader = stranger }, Wire.HeaderResponse.Parser);
        await UnlockAsync(Bytes("none/1"));
    }

    [Fact]
    public async Task An_election_is_won_proclaimed_and_resigned()
    {
        await GrantAsync(61);
        await GrantAsync(62);
        var won = await CampaignAsync("e1", 61, "one");
        Assert.Equal(("e1/3d", 61L, won.Header.Revision), (won.Leader.Key.ToStringUtf8(), won.Leader.Lease, won.Leader.Rev));
        var next = CampaignAsync("e1", 62, "two");
        await UntilAsync("e1/", 2);
        await node.DoAsync(Proclaim, new Wire.ProclaimRequest { Leader = won.Leader, Value = Bytes("uno") }, Wire.HeaderResponse.Parser);
        Assert.Equal("uno", (await LeaderAsync("e1")).Kv.Value.ToStringUtf8());
        // To campaign again with another value is to proclaim it.
        Assert.Equal(won.Leader, (await CampaignAsync("e1", 61, "eins")).Leader);
        Assert.Equal("eins", (await LeaderAsync("e1")).Kv.Value.ToStringUtf8());
        await node.DoAsync(Resign, new Wire.ResignRequest { Leader = won.Leader }, Wire.HeaderResponse.Parser);
        Assert.Equal("e1/3e", (await next.WaitAsync(Limit)).Leader.Key.ToStringUtf8());
        Assert.Equal("two", (await LeaderAsync("e1")).Kv.Value.ToStringUtf8());
    }

    [Fact]
    public async Task An_observer_sees_each_leader_and_what_it_says()
    {
        await GrantAsync(71);
        await GrantAsync(72);
        using var observer = await node.Client.OpenAsync(Observe);
        await observer.SendAsync(new Wire.LeaderRequest { Name = Bytes("e2") }.ToByteArray());
        var first = await CampaignAsync("e2", 71, "a");
        Assert.Equal(("e2/47", "a"), await NextAsync(observer));
        await node.DoAsync(Proclaim, new Wire.ProclaimRequest { Leader = first.Leader, Value = Bytes("b") }, Wire.HeaderResponse.Parser);
        Assert.Equal(("e2/47", "b"), await NextAsync(observer));
        await node.DoAsync("/etcdserverpb.Lease/LeaseRevoke", new Wire.LeaseRevokeRequest { ID = 71 }, Wire.HeaderResponse.Parser);
        await CampaignAsync("e2", 72, "c");
        Assert.Equal(("e2/48", "c"), await NextAsync(observer));
    }

    private static async Task<(string Key, string Value)> NextAsync(RawStream observer)
    {
        var told = Wire.LeaderResponse.Parser.ParseFrom(await observer.ReadAsync().WaitAsync(Limit));
        return (told.Kv.Key.ToStringUtf8(), told.Kv.Value.ToStringUtf8());
    }

    private Task GrantAsync(long lease) => node.DoAsync(
        "/etcdserverpb.Lease/LeaseGrant", new Wire.LeaseGrantRequest { ID = lease, TTL = 600 }, Wire.LeaseGrantResponse.Parser);

    private Task<Wire.LockResponse> LockAsync(string name, long lease) =>
        node.DoAsync(Lock, new Wire.LockRequest { Name = Bytes(name), Lease = lease }, Wire.LockResponse.Parser);

    private Task UnlockAsync(ByteString key) => node.DoAsync(Unlock, new Wire.UnlockRequest { Key = key }, Wire.HeaderResponse.Parser);

    private Task<Wire.CampaignResponse> CampaignAsync(string name, long lease, string value) => node.DoAsync(
        Campaign, new Wire.CampaignRequest { Name = Bytes(name), Lease = lease, Value = Bytes(value) }, Wire.CampaignResponse.Parser);

    private Task<Wire.LeaderResponse> LeaderAsync(string name) =>
        node.DoAsync(Leader, new Wire.LeaderRequest { Name = Bytes(name) }, Wire.LeaderResponse.Parser);

    private async Task<List<string>> KeysAsync(string prefix)
    {
        var range = new Wire.RangeRequest { Key = Bytes(prefix), RangeEnd = Bytes(prefix[..^1] + "0") };
        var found = await node.DoAsync("/etcdserverpb.KV/Range", range, Wire.RangeResponse.Parser);
        return [.. found.Kvs.Select(kv => kv.Key.ToStringUtf8())];
    }

    private async Task GoneAsync(string method, IMessage request, string prefix)
    {
        using (var away = new RawGrpcClient(node.Address))
        {
            var waiting = away.CallAsync(method, request.ToByteArray());
            await UntilAsync(prefix, 2);
            Assert.False(waiting.IsCompleted);
            away.CancelPending();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }
        await UntilAsync(prefix, 1);
    }

    private async Task UntilAsync(string prefix, int keys)
    {
        using var limit = new CancellationTokenSource(Limit);
        while ((await KeysAsync(prefix)).Count != keys)
            await Task.Delay(10, limit.Token);
    }

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);
}
