using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Serving;
using Quorate.Services.Coordination.Store;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination;

public sealed class AlarmTests
{
    private static readonly Alarm Full = new(5, AlarmKind.NoSpace);
    private static readonly Alarm Corrupt = new(5, AlarmKind.Corrupt);
    private readonly CoordinationFixture fixture = new();

    [Fact]
    public void Alarms_are_raised_once_listed_by_kind_and_disarmed_one_by_one()
    {
        Assert.Equal([Full], fixture.Do(s => s.RaiseAlarmAsync(Full)).Alarms);
        Assert.Equal([Full], fixture.Do(s => s.RaiseAlarmAsync(Full)).Alarms);
        Assert.Equal([Corrupt], fixture.Do(s => s.RaiseAlarmAsync(Corrupt)).Alarms);
        Assert.Equal([Full, Corrupt], fixture.Do(s => s.AlarmsAsync(AlarmKind.None)).Alarms);
        Assert.Equal([Corrupt], fixture.Do(s => s.AlarmsAsync(AlarmKind.Corrupt)).Alarms);
        Assert.Empty(fixture.Do(s => s.DisarmAlarmAsync(Full with { MemberId = 6 })).Alarms);
        Assert.Equal([Full], fixture.Do(s => s.DisarmAlarmAsync(Full)).Alarms);
        Assert.Equal([Corrupt], fixture.Do(s => s.AlarmsAsync(AlarmKind.None)).Alarms);
        Assert.Equal(["memberID:5 alarm:CORRUPT "], fixture.Do(s => s.StatusAsync()).Errors);
        Assert.Throws<CoordinationException>(() => { fixture.Do(s => s.RaiseAlarmAsync(new Alarm(1, (AlarmKind)9))); });
    }

    [Fact]
    public void Without_space_what_takes_space_is_refused_and_what_frees_it_is_not()
    {
        fixture.Do(s => s.LeaseGrantAsync(7, 60));
        fixture.Do(s => s.PutAsync(Put("k", "v")));
        fixture.Do(s => s.RaiseAlarmAsync(Full));
        Assert.Equal(CoordinationError.NoSpace, fixture.ErrorOf(s => s.PutAsync(Put("k", "w"))));
        Assert.Equal(CoordinationError.NoSpace, fixture.ErrorOf(s => s.LeaseGrantAsync(0, 60)));
        var puts = new TxnRequest([], [new TxnRequest([], [], [Put("k", "w")])], []);
        Assert.Equal(CoordinationError.NoSpace, fixture.ErrorOf(s => s.TxnAsync(puts)));
        Assert.True(fixture.Do(s => s.TxnAsync(new TxnRequest([], [Delete("x"), Get("k")], []))).Succeeded);
        Assert.Equal(1, fixture.Do(s => s.DeleteRangeAsync(Delete("k"))).Deleted);
        fixture.Do(s => s.LeaseRevokeAsync(7));
        fixture.Do(s => s.CompactAsync(3, false));
        fixture.Do(s => s.DisarmAlarmAsync(Full));
        fixture.Do(s => s.PutAsync(Put("k", "w")));
    }

    [Fact]
    public void In_a_corrupt_cluster_nothing_is_written_and_all_is_read()
    {
        fixture.Do(s => s.LeaseGrantAsync(7, 60));
        fixture.Do(s => s.PutAsync(Put("k", "v")));
        fixture.Do(s => s.RaiseAlarmAsync(Corrupt));
        Assert.Equal(CoordinationError.Corrupt, fixture.ErrorOf(s => s.PutAsync(Put("k", "w"))));
        Assert.Equal(CoordinationError.Corrupt, fixture.ErrorOf(s => s.DeleteRangeAsync(Delete("k"))));
        Assert.Equal(CoordinationError.Corrupt, fixture.ErrorOf(s => s.TxnAsync(new TxnRequest([], [Delete("k")], []))));
        Assert.Equal(CoordinationError.Corrupt, fixture.ErrorOf(s => s.CompactAsync(2, false)));
        Assert.Equal(CoordinationError.Corrupt, fixture.ErrorOf(s => s.LeaseGrantAsync(0, 60)));
        Assert.Equal(CoordinationError.Corrupt, fixture.ErrorOf(s => s.LeaseRevokeAsync(7)));
        Assert.Equal(1, fixture.Do(s => s.RangeAsync(Get("k"))).Count);
        fixture.Machine.Advance(TimeSpan.FromSeconds(120));
        Assert.Equal(1, fixture.Store.LeaseCount);
        fixture.Do(s => s.DisarmAlarmAsync(Corrupt));
        fixture.Machine.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, fixture.Store.LeaseCount);
    }

    [Fact]
    public void A_used_up_quota_raises_the_alarm_and_compaction_makes_room_again()
    {
        var small = new CoordinationFixture(new CoordinationOptions { QuotaBytes = 20_000 });
        var puts = 0;
        while (puts < 1_000 && TryPut())
            puts++;
        Assert.InRange(puts, 10, 25);
        var alarm = Assert.Single(small.Do(s => s.AlarmsAsync(AlarmKind.None)).Alarms);
        Assert.Equal(new Alarm(small.Group.Self.Value, AlarmKind.NoSpace), alarm);
        Assert.Equal(CoordinationError.NoSpace, small.ErrorOf(s => s.LeaseGrantAsync(0, 60)));
        small.Do(s => s.CompactAsync(small.Store.Revision, true));
        Assert.False(TryPut());
        small.Do(s => s.DisarmAlarmAsync(alarm));
        Assert.True(TryPut());

        bool TryPut()
        {
            try
            {
                small.Do(s => s.PutAsync(Put("k", new string('x', 1_000))));
                return true;
            }
            catch (CoordinationException e) when (e.Error == CoordinationError.NoSpace)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Alarms_survive_a_snapshot_and_count_in_the_hash()
    {
        var store = new CoordinationStore();
        var before = store.Hash();
        store.Apply(1, CommandWriter.Alarm(true, Full));
        Assert.NotEqual(before, store.Hash());
        var copy = await Snapshots.CopyAsync(store);
        Assert.Equal(store.Hash(), copy.Hash());
        Assert.Equal(1 + (int)CoordinationError.NoSpace, copy.Apply(2, CommandWriter.Put(Put("k", "v")))[0]);
    }

    [Fact]
    public void The_number_of_alarms_is_bounded()
    {
        for (ulong member = 1; member <= AlarmTable.AlarmsMax; member++)
            Assert.Single(fixture.Do(s => s.RaiseAlarmAsync(new Alarm(member, AlarmKind.Corrupt))).Alarms);
        Assert.Empty(fixture.Do(s => s.RaiseAlarmAsync(new Alarm(1_000_000, AlarmKind.Corrupt))).Alarms);
        Assert.Equal(AlarmTable.AlarmsMax, fixture.Do(s => s.AlarmsAsync(AlarmKind.None)).Alarms.Count);
    }
}
