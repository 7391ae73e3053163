using Quorate.Services.Coordination;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination;

public sealed class MaintenanceTests
{
    [Fact]
    public void The_hash_of_a_revision_stays_the_same_and_etcds_bounds_hold()
    {
        var fixture = new CoordinationFixture();
        for (var i = 0; i < 2_000; i++)
            fixture.Do(s => s.PutAsync(Put($"k{i % 700}", $"{i}")));
        var at = fixture.Store.Revision - 500;
        var hash = fixture.Do(s => s.HashKeysAsync(at));
        Assert.Equal((-1L, fixture.Store.Revision), (hash.CompactRevision, hash.Header.Revision));
        fixture.Do(s => s.PutAsync(Put("k1", "new")));
        Assert.Equal(hash.Hash, fixture.Do(s => s.HashKeysAsync(at)).Hash);
        Assert.NotEqual(hash.Hash, fixture.Do(s => s.HashKeysAsync(at + 1)).Hash);
        Assert.Equal(
            fixture.Do(s => s.HashKeysAsync(fixture.Store.Revision)).Hash, fixture.Do(s => s.HashKeysAsync(0)).Hash);
        Assert.Equal(CoordinationError.FutureRevision, fixture.ErrorOf(s => s.HashKeysAsync(fixture.Store.Revision + 1)));
        fixture.Do(s => s.CompactAsync(at, true));
        Assert.Equal(CoordinationError.Compacted, fixture.ErrorOf(s => s.HashKeysAsync(at)));
        Assert.Equal(at, fixture.Do(s => s.HashKeysAsync(at + 1)).CompactRevision);
    }

    [Fact]
    public void The_hash_of_everything_sees_leases_and_the_slices_see_what_one_walk_sees()
    {
        var fixture = new CoordinationFixture();
        for (var i = 0; i < 1_000; i++)
            fixture.Do(s => s.PutAsync(Put($"k{i}", $"{i}")));
        var before = fixture.Do(s => s.HashAsync());
        var whole = fixture.Store.Hash();
        Assert.Equal((uint)(whole ^ (whole >> 32)), before.Hash);
        fixture.Do(s => s.LeaseGrantAsync(9, 60));
        Assert.NotEqual(before.Hash, fixture.Do(s => s.HashAsync()).Hash);
    }

    [Fact]
    public void Defragmenting_frees_what_was_compacted()
    {
        var fixture = new CoordinationFixture();
        for (var i = 0; i < 30_000; i++)
            fixture.Apply(i + 1, Quorate.Services.Coordination.Commands.CommandWriter.Put(Put("hot", new string('x', 100))));
        fixture.Apply(30_001, Quorate.Services.Coordination.Commands.CommandWriter.Compact(fixture.Store.Revision));
        Assert.True(fixture.Store.CanTrim);
        fixture.Machine.Run(() => fixture.Service.DefragmentAsync().AsTask());
        Assert.False(fixture.Store.State.HasGarbage);
    }

    [Fact]
    public void Leadership_is_handed_only_from_the_leader_and_only_to_a_voter()
    {
        var fixture = new CoordinationFixture();
        Assert.Equal(CoordinationError.BadLeaderTransferee, fixture.ErrorOf(MoveTo(5)));
        Assert.True(fixture.Do(MoveTo(fixture.Group.Self.Value)));
        fixture.OnStrand(fixture.Group.Lose);
        Assert.Equal(CoordinationError.NotLeader, fixture.ErrorOf(MoveTo(fixture.Group.Self.Value)));

        static Func<Quorate.Services.Coordination.Serving.CoordinationService, ValueTask<bool>> MoveTo(ulong member) => async service =>
        {
            await service.MoveLeaderAsync(member);
            return true;
        };
    }

    [Fact]
    public void Figures_count_what_was_done()
    {
        var fixture = new CoordinationFixture();
        fixture.Do(s => s.PutAsync(Put("a", "1")));
        fixture.Do(s => s.TxnAsync(new TxnRequest([], [Put("b", "1"), Delete("a"), Get("b")], [])));
        fixture.Do(s => s.RangeAsync(Get("b")));
        fixture.Do(s => s.LeaseGrantAsync(1, 10));
        fixture.Do(s => s.LeaseGrantAsync(2, 10));
        fixture.Do(s => s.LeaseRevokeAsync(1));
        fixture.Machine.Advance(TimeSpan.FromSeconds(30));
        var figures = fixture.Do(s => s.FiguresAsync());
        Assert.Equal(
            new StoreTotals
            {
                Puts = 2,
                Deletes = 1,
                Transactions = 1,
                Ranges = 2,
                LeasesGranted = 2,
                LeasesRevoked = 1,
                LeasesExpired = 1,
            },
            figures.Totals);
        Assert.Equal((2L, 0L, -1L, 2L << 30), (figures.Keys, figures.Leases, figures.CompactRevision, figures.QuotaBytes));
        Assert.True(figures.Status.DatabaseBytes >= figures.Status.DatabaseBytesInUse && figures.Status.DatabaseBytesInUse > 0);
    }
}
