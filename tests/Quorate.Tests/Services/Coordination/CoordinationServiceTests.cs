using Quorate.Services.Coordination;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Members;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination;

public sealed class CoordinationServiceTests
{
    private readonly CoordinationFixture fixture = new();

    [Fact]
    public void A_put_is_read_back_with_the_revisions_that_etcd_would_give()
    {
        Assert.Equal(2, fixture.Do(s => s.PutAsync(Put("a", "1"))).Header.Revision);
        Assert.Equal(3, fixture.Do(s => s.PutAsync(Put("a", "2"))).Header.Revision);
        var range = fixture.Do(s => s.RangeAsync(Get("a")));
        var kv = Assert.Single(range.KeyValues);
        Assert.Equal(("a", "2", 2L, 3L, 2L), (Text(kv.Key), Text(kv.Value), kv.CreateRevision, kv.ModRevision, kv.Version));
        Assert.Equal((1L, false, 7UL, 3L), (range.Count, range.More, range.Header.ClusterId, range.Header.Revision));
        Assert.Equal(3, fixture.Do(s => s.DeleteRangeAsync(Delete("none"))).Header.Revision);
    }

    [Fact]
    public void Requests_are_refused_with_etcds_errors()
    {
        fixture.Do(s => s.PutAsync(Put("a", "1")));
        Assert.Equal(CoordinationError.EmptyKey, fixture.ErrorOf(s => s.PutAsync(Put("", "1"))));
        Assert.Equal(CoordinationError.EmptyKey, fixture.ErrorOf(s => s.RangeAsync(Get(""))));
        Assert.Equal(CoordinationError.ValueProvided, fixture.ErrorOf(s => s.PutAsync(Put("a", "1") with { IgnoreValue = true })));
        Assert.Equal(CoordinationError.LeaseProvided, fixture.ErrorOf(s => s.PutAsync(Put("a", "1", 2) with { IgnoreLease = true })));
        Assert.Equal(CoordinationError.KeyNotFound, fixture.ErrorOf(s => s.PutAsync(Put("b", "") with { IgnoreValue = true })));
        Assert.Equal(CoordinationError.FutureRevision, fixture.ErrorOf(s => s.RangeAsync(Get("a") with { Revision = 9 })));
        Assert.Equal(CoordinationError.FutureRevision, fixture.ErrorOf(s => s.CompactAsync(9, false)));
        Assert.Equal(CoordinationError.RequestTooLarge, fixture.ErrorOf(s => s.PutAsync(new PutRequest(Bytes("a"), new byte[1_600_000]))));
        fixture.Do(s => s.CompactAsync(2, true));
        Assert.Equal(CoordinationError.Compacted, fixture.ErrorOf(s => s.CompactAsync(2, false)));
        Assert.Equal(CoordinationError.Compacted, fixture.ErrorOf(s => s.RangeAsync(Get("a") with { Revision = 1 })));
    }

    [Fact]
    public void A_transaction_may_write_a_key_only_once_and_has_a_bound()
    {
        TxnRequest Txn(params Operation[] operations) => new([], operations, []);
        Assert.Equal(CoordinationError.DuplicateKey, fixture.ErrorOf(s => s.TxnAsync(Txn(Put("a", "1"), Put("a", "2")))));
        Assert.Equal(CoordinationError.DuplicateKey, fixture.ErrorOf(s => s.TxnAsync(Txn(Put("b", "1"), Delete("a", "c")))));
        Assert.Equal(CoordinationError.DuplicateKey, fixture.ErrorOf(s => s.TxnAsync(Txn(Txn(Put("b", "1")), Delete("a", "\0")))));
        Assert.True(fixture.Do(s => s.TxnAsync(Txn(new TxnRequest([], [Put("b", "1")], [Put("b", "2")]), Delete("c")))).Succeeded);
        var many = Enumerable.Range(0, 129).Select(i => (Operation)Put($"{i}", "")).ToArray();
        Assert.Equal(CoordinationError.TooManyOperations, fixture.ErrorOf(s => s.TxnAsync(Txn(many))));
        Assert.Equal(2, fixture.Do(s => s.TxnAsync(Txn(many[..128]))).Header.Revision - 1);
    }

    [Fact]
    public void Linearizable_reads_wait_for_a_barrier_and_serializable_ones_do_not()
    {
        fixture.Do(s => s.RangeAsync(Get("a") with { Serializable = true }));
        Assert.Equal(0, fixture.Group.Barriers);
        fixture.Do(s => s.RangeAsync(Get("a")));
        Assert.Equal(1, fixture.Group.Barriers);
        fixture.OnStrand(fixture.Group.Lose);
        Assert.Equal(CoordinationError.NoLeader, fixture.ErrorOf(s => s.RangeAsync(Get("a"))));
        Assert.Equal(0, fixture.Do(s => s.RangeAsync(Get("a") with { Serializable = true })).Count);
        Assert.Equal(CoordinationError.NoLeader, fixture.ErrorOf(s => s.LeaseKeepAliveAsync(1)));
    }

    [Theory]
    [InlineData(ReplicationError.NoLeader, CoordinationError.NoLeader)]
    [InlineData(ReplicationError.Timeout, CoordinationError.Timeout)]
    [InlineData(ReplicationError.Overloaded, CoordinationError.TooManyRequests)]
    [InlineData(ReplicationError.DiskFull, CoordinationError.NoSpace)]
    [InlineData(ReplicationError.Stopping, CoordinationError.Stopped)]
    public void The_groups_errors_become_the_services(ReplicationError cause, CoordinationError seen)
    {
        fixture.Group.ProposeError = cause;
        Assert.Equal(seen, fixture.ErrorOf(s => s.PutAsync(Put("a", "1"))));
    }

    [Fact]
    public void A_member_is_added_under_an_identity_of_its_own_and_without_a_name()
    {
        var added = fixture.Do(s => s.MemberAddAsync(["http://10.0.0.4:7000"], isLearner: false)).Member;
        Assert.Equal(("", "http://10.0.0.4:7000", true), (added.Name, added.PeerUrls[0], added.IsLearner));
        fixture.Do(s => s.MemberAddAsync(["https://10.0.0.4:7000/"], isLearner: true));
        Assert.Equal([true, false], fixture.Group.Added.Select(member => member.PromoteWhenReady));
        Assert.Equal(2, fixture.Group.Added.Select(member => member.Id).Distinct().Count());
        Assert.All(fixture.Group.Added, member => Assert.Equal("10.0.0.4:7000", member.PeerAddress));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.4:7000")]
    [InlineData("ftp://10.0.0.4:7000")]
    [InlineData("http://10.0.0.4")]
    [InlineData("http://10.0.0.4:7000/path")]
    [InlineData("http://a:1,http://b:2")]
    [InlineData("unix://socket:1")]
    public void Addresses_of_a_member_are_one_url_of_a_host_and_a_port(string urls)
    {
        var list = urls.Split(',', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(CoordinationError.MemberUrlsInvalid, fixture.ErrorOf(s => s.MemberAddAsync(list, false)));
        // A member that is not there is told first.
        Assert.Equal(CoordinationError.MemberNotFound, fixture.ErrorOf(s => s.MemberUpdateAsync(1, list)));
    }

    [Theory]
    [InlineData(MembershipAnswer.NotFound, CoordinationError.MemberNotFound)]
    [InlineData(MembershipAnswer.NotLearner, CoordinationError.MemberNotLearner)]
    [InlineData(MembershipAnswer.NotCaughtUp, CoordinationError.LearnerNotReady)]
    [InlineData(MembershipAnswer.QuorumAtRisk, CoordinationError.UnhealthyCluster)]
    [InlineData(MembershipAnswer.AddressExists, CoordinationError.MemberUrlExists)]
    [InlineData(MembershipAnswer.MemberExists, CoordinationError.MemberExists)]
    [InlineData(MembershipAnswer.TooManyLearners, CoordinationError.TooManyLearners)]
    [InlineData(MembershipAnswer.ChangeUnderWay, CoordinationError.Timeout)]
    public void A_step_that_is_not_taken_is_told_as_etcd_tells_it(MembershipAnswer answer, CoordinationError seen)
    {
        fixture.Group.MembershipAnswer = answer;
        Assert.Equal(seen, fixture.ErrorOf(s => s.MemberAddAsync(["http://h:1"], false)));
        Assert.Equal(seen, fixture.ErrorOf(s => s.MemberRemoveAsync(4)));
        Assert.Equal(seen, fixture.ErrorOf(s => s.MemberPromoteAsync(4)));
        Assert.Equal(CoordinationError.MemberNotFound, fixture.ErrorOf(s => s.MemberRemoveAsync(0)));
    }

    [Fact]
    public void Members_and_status_are_told()
    {
        var member = Assert.Single(fixture.Do(s => s.MemberListAsync(true)).Members);
        Assert.Equal(("n1", "http://127.0.0.1:7000", "http://127.0.0.1:2379"), (member.Name, member.PeerUrls[0], member.ClientUrls[0]));
        var status = fixture.Do(s => s.StatusAsync());
        Assert.Equal(("3.4.23", fixture.Group.Self.Value), (status.Version, status.Leader));
    }
}
