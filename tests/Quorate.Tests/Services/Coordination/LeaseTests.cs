using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Replication;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination;

public sealed class LeaseTests
{
    private readonly CoordinationFixture fixture = new();

    [Fact]
    public void A_lease_that_is_not_renewed_ends_and_takes_its_keys_along_in_one_revision()
    {
        var lease = fixture.Do(s => s.LeaseGrantAsync(0, 10));
        Assert.True(lease.Id > 0);
        fixture.Do(s => s.PutAsync(Put("a", "1", lease.Id)));
        fixture.Do(s => s.PutAsync(Put("b", "1", lease.Id)));
        fixture.Machine.Advance(TimeSpan.FromSeconds(9));
        var left = fixture.Do(s => s.LeaseTimeToLiveAsync(lease.Id, keys: true));
        Assert.Equal((10L, "a b"), (left.GrantedTtlSeconds, string.Join(' ', left.Keys.Select(Text))));
        Assert.InRange(left.TtlSeconds, 0, 1);
        fixture.Machine.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((0L, 4L), (fixture.Do(s => s.RangeAsync(Get("a", "z"))).Count, fixture.Store.Revision));
        Assert.Equal(-1, fixture.Do(s => s.LeaseTimeToLiveAsync(lease.Id, false)).TtlSeconds);
        Assert.Equal(0, fixture.Do(s => s.LeaseKeepAliveAsync(lease.Id)).TtlSeconds);
    }

    [Fact]
    public void A_renewed_lease_lives_on()
    {
        fixture.Do(s => s.LeaseGrantAsync(5, 10));
        for (var i = 0; i < 20; i++)
        {
            fixture.Machine.Advance(TimeSpan.FromSeconds(8));
            Assert.Equal(10, fixture.Do(s => s.LeaseKeepAliveAsync(5)).TtlSeconds);
        }

        Assert.Equal([5L], fixture.Do(s => s.LeaseLeasesAsync()).Ids);
    }

    [Fact]
    public void A_new_leader_gives_every_lease_its_full_time_again()
    {
        fixture.Do(s => s.LeaseGrantAsync(5, 10));
        fixture.Machine.Advance(TimeSpan.FromSeconds(9));
        fixture.OnStrand(fixture.Group.Lose);
        fixture.Machine.Advance(TimeSpan.FromSeconds(100));
        fixture.OnStrand(fixture.Group.Win);
        fixture.Machine.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(1, fixture.Store.LeaseCount);
        fixture.Machine.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, fixture.Store.LeaseCount);
    }

    [Fact]
    public void The_late_command_of_an_older_leader_does_not_end_a_lease()
    {
        fixture.Do(s => s.LeaseGrantAsync(5, 10));
        fixture.OnStrand(fixture.Group.Win);
        fixture.Apply(1_000, CommandWriter.LeaseExpire(5, 1));
        Assert.Equal(1, fixture.Store.LeaseCount);
        fixture.Apply(1_001, CommandWriter.LeaseExpire(5, 2));
        Assert.Equal(0, fixture.Store.LeaseCount);
    }

    [Fact]
    public void An_end_that_fails_is_tried_again()
    {
        fixture.Do(s => s.LeaseGrantAsync(5, 10));
        fixture.Group.ProposeError = ReplicationError.Timeout;
        fixture.Machine.Advance(TimeSpan.FromSeconds(20));
        fixture.Group.ProposeError = null;
        Assert.Equal(1, fixture.Store.LeaseCount);
        fixture.Machine.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(0, fixture.Store.LeaseCount);
    }

    [Fact]
    public void Times_to_live_have_bounds_and_ids_are_taken_once()
    {
        Assert.Equal(2, fixture.Do(s => s.LeaseGrantAsync(1, 0)).TtlSeconds);
        Assert.Equal(CoordinationError.LeaseExists, fixture.ErrorOf(s => s.LeaseGrantAsync(1, 5)));
        Assert.Equal(CoordinationError.LeaseTtlTooLarge, fixture.ErrorOf(s => s.LeaseGrantAsync(1, 9_000_000_001)));
        Assert.Equal(9_000_000_000, fixture.Do(s => s.LeaseGrantAsync(2, 9_000_000_000)).TtlSeconds);
        Assert.Equal(CoordinationError.LeaseNotFound, fixture.ErrorOf(s => s.LeaseRevokeAsync(3)));
        Assert.Equal(CoordinationError.LeaseNotFound, fixture.ErrorOf(s => s.PutAsync(Put("a", "1", 3))));
    }
}
