using Quorate.Services.Coordination.Compaction;
using Quorate.Services.Coordination.Serving;
using Quorate.Services.Replication;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination;

public sealed class AutoCompactionTests
{
    [Fact]
    public void By_revision_only_so_many_stay()
    {
        var fixture = With(new AutoCompaction.ByRevision(10));
        PutMany(fixture, 50);
        Assert.Equal(-1, fixture.Store.CompactRevision);
        fixture.Machine.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(fixture.Store.Revision - 10, fixture.Store.CompactRevision);
    }

    [Fact]
    public void By_time_a_revision_stays_until_it_is_old()
    {
        var fixture = With(new AutoCompaction.ByTime(TimeSpan.FromHours(1)));
        PutMany(fixture, 5);
        var old = fixture.Store.Revision;
        fixture.Machine.Advance(TimeSpan.FromMinutes(30));
        PutMany(fixture, 5);
        fixture.Machine.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(-1, fixture.Store.CompactRevision);
        fixture.Machine.Advance(TimeSpan.FromMinutes(7));
        Assert.Equal(old, fixture.Store.CompactRevision);
        fixture.Machine.Advance(TimeSpan.FromHours(1));
        Assert.Equal(fixture.Store.Revision, fixture.Store.CompactRevision);
    }

    [Fact]
    public void Who_does_not_lead_compacts_nothing_and_a_new_leader_waits_a_whole_retention()
    {
        var fixture = With(new AutoCompaction.ByTime(TimeSpan.FromHours(1)));
        PutMany(fixture, 5);
        fixture.Machine.Advance(TimeSpan.FromMinutes(55));
        fixture.OnStrand(fixture.Group.Lose);
        fixture.Machine.Advance(TimeSpan.FromHours(5));
        fixture.OnStrand(fixture.Group.Win);
        fixture.Machine.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(-1, fixture.Store.CompactRevision);
        fixture.Machine.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(fixture.Store.Revision, fixture.Store.CompactRevision);
    }

    [Fact]
    public void A_compaction_that_fails_is_tried_again()
    {
        var fixture = With(new AutoCompaction.ByRevision(1));
        PutMany(fixture, 5);
        fixture.Group.ProposeError = ReplicationError.Timeout;
        fixture.Machine.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(-1, fixture.Store.CompactRevision);
        fixture.Group.ProposeError = null;
        fixture.Machine.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(fixture.Store.Revision - 1, fixture.Store.CompactRevision);
    }

    private static CoordinationFixture With(AutoCompaction wanted) => new(new CoordinationOptions { AutoCompaction = wanted });

    private static void PutMany(CoordinationFixture fixture, int count)
    {
        for (var i = 0; i < count; i++)
            fixture.Do(s => s.PutAsync(Put("k", $"{i}")));
    }
}
