using Quorate.Protocols.Raft;
using Quorate.Protocols.Raft.Replication;

namespace Quorate.Tests.Protocols.Raft;

/// <summary>Sections 6 to 8 of the paper, and the chapters of the thesis that go with them: members, snapshots, reads, handover.</summary>
public sealed class Sections6To8Tests
{
    private static Configuration Voters(params int[] ids) => new(ids.Select(Bench.Id));

    private static Configuration Joint(int[] voters, int[] outgoing) => new(voters.Select(Bench.Id), outgoing.Select(Bench.Id));

    [Fact]
    public void Chunks_of_one_snapshot_come_from_the_leader_of_one_term()
    {
        var bench = new Bench();
        bench.From(2, new SnapshotRequest(1, 9, 1, Voters(1, 2, 3), 0, new byte[3], false));
        Assert.Equal(3, bench.Last<SnapshotReply>().NextOffset);
        // The next leader's snapshot of the same index may be another file: it is taken from its beginning.
        bench.Forget().From(3, new SnapshotRequest(2, 9, 1, Voters(1, 2, 3), 3, new byte[3], false));
        Assert.Equal(0, bench.Last<SnapshotReply>().NextOffset);
        bench.From(3, new SnapshotRequest(2, 9, 1, Voters(1, 2, 3), 0, new byte[5], false));
        Assert.Equal(5, bench.Last<SnapshotReply>().NextOffset);
    }

    [Fact]
    public void With_leases_no_vote_is_given_within_an_election_timeout_of_hearing_a_leader_whatever_raised_the_term()
    {
        var bench = new Bench(options: new RaftOptions { LeaseReads = true }).Wait(TimeSpan.FromSeconds(5));
        bench.From(2, new AppendRequest(1, 0, 0, 0, 1, []));
        bench.From(3, new VoteReply(2, false)); // An answer to an older question, from a candidate of the next term.
        Assert.Equal(2, bench.Core.Term);
        bench.Forget().From(3, new VoteRequest(2, 5, 1, false));
        Assert.False(bench.Last<VoteReply>().Granted);
        bench.Wait(TimeSpan.FromSeconds(1)).Forget().From(3, new VoteRequest(2, 5, 1, false));
        Assert.True(bench.Last<VoteReply>().Granted);
    }

    [Fact]
    public void A_follower_whose_leader_is_gone_votes_at_once_and_stands_soon()
    {
        var bench = new Bench();
        bench.From(2, new AppendRequest(1, 0, 0, 0, 1, []));
        bench.Forget().From(3, new PreVoteRequest(2, 0, 0));
        Assert.False(bench.Last<PreVoteReply>().Granted);
        bench.Step(new PeerGone(Bench.Id(3))); // Not its leader.
        Assert.Equal(TimeSpan.FromSeconds(1), bench.Timers[RaftTimer.Election]);
        bench.Step(new PeerGone(Bench.Id(2)));
        Assert.Equal(TimeSpan.FromMilliseconds(50), bench.Timers[RaftTimer.Election]);
        bench.Forget().From(3, new PreVoteRequest(2, 0, 0));
        Assert.True(bench.Last<PreVoteReply>().Granted);
        bench.Wait(TimeSpan.FromMilliseconds(50)).Step(new TimerFired(RaftTimer.Election));
        Assert.Equal(RaftRole.PreCandidate, bench.Core.Role);
    }

    [Fact]
    public void The_first_election_after_a_leader_is_gone_is_waited_for_briefly_and_the_next_one_as_always()
    {
        var bench = new Bench();
        bench.From(2, new AppendRequest(1, 0, 0, 0, 1, []));
        bench.Step(new PeerGone(Bench.Id(2))).TimeOut();
        Assert.Equal(TimeSpan.FromMilliseconds(250), bench.Timers[RaftTimer.Election]);
        bench.From(3, new PreVoteReply(2, true));
        Assert.Equal((RaftRole.Candidate, TimeSpan.FromMilliseconds(250)), (bench.Core.Role, bench.Timers[RaftTimer.Election]));
        bench.TimeOut();
        Assert.Equal((RaftRole.PreCandidate, TimeSpan.FromSeconds(1)), (bench.Core.Role, bench.Timers[RaftTimer.Election]));
    }

    [Fact]
    public void With_leases_a_leader_that_seems_to_be_gone_is_waited_out()
    {
        var bench = new Bench(options: new RaftOptions { LeaseReads = true }).Wait(TimeSpan.FromSeconds(5));
        bench.From(2, new AppendRequest(1, 0, 0, 0, 1, [])).Step(new PeerGone(Bench.Id(2)));
        bench.Forget().From(3, new PreVoteRequest(2, 0, 0));
        Assert.False(bench.Last<PreVoteReply>().Granted);
    }

    [Fact]
    public void Section_6_a_change_goes_through_a_joint_configuration_and_both_majorities_decide()
    {
        var bench = new Bench().Elect().Match(2).Step(new ChangeConfiguration(1, Voters(1, 4, 5)));
        Assert.Equal(Joint([1, 4, 5], [1, 2, 3]), bench.Core.Configuration);
        bench.Match(2).Match(3);
        Assert.Equal(1, bench.Core.CommitIndex);
        bench.Match(4);
        Assert.Equal(Voters(1, 4, 5), bench.Core.Configuration);
        Assert.False(bench.Replies.ContainsKey(1));
        bench.Match(4);
        Assert.Equal(new RaftReply.ConfigurationChanged(3), bench.Replies[1]);
    }

    [Fact]
    public void Section_6_a_second_change_is_refused_while_one_is_under_way()
    {
        var bench = new Bench().Elect().Match(2);
        bench.Step(new ChangeConfiguration(1, Voters(1, 2, 4))).Step(new ChangeConfiguration(2, Voters(1, 2, 5)));
        Assert.IsType<RaftReply.Refused>(bench.Replies[2]);
    }

    [Fact]
    public void A_change_is_refused_before_an_entry_of_the_term_is_committed()
    {
        var bench = new Bench().Elect().Step(new ChangeConfiguration(1, Voters(1, 2, 4)));
        Assert.IsType<RaftReply.Refused>(bench.Replies[1]);
    }

    [Fact]
    public void Section_6_a_leader_that_is_not_in_the_new_configuration_steps_down_once_it_is_committed()
    {
        var bench = new Bench().Elect().Match(2).Step(new ChangeConfiguration(1, Voters(2, 3))).Match(2).Match(3);
        Assert.Equal((Voters(2, 3), RaftRole.Leader), (bench.Core.Configuration, bench.Core.Role));
        bench.Match(2);
        Assert.Equal(RaftRole.Leader, bench.Core.Role);
        bench.Match(3);
        Assert.Equal(RaftRole.Follower, bench.Core.Role);
        Assert.IsType<RaftReply.ConfigurationChanged>(bench.Replies[1]);
    }

    [Fact]
    public void Section_6_a_configuration_counts_from_the_log_and_is_rolled_back_with_it()
    {
        var change = new Entry(1, 1, EntryKind.Configuration, MembershipRules.Encode(Joint([1, 2, 4], [1, 2, 3])));
        var bench = new Bench().From(2, new AppendRequest(1, 0, 0, 0, 1, [change]));
        Assert.True(bench.Core.Configuration.IsJoint);
        bench.From(3, new AppendRequest(2, 0, 0, 0, 1, Bench.Entries(1, "2")));
        Assert.Equal(Voters(1, 2, 3), bench.Core.Configuration);
    }

    [Fact]
    public void Section_6_servers_that_hear_a_leader_disregard_vote_requests_but_not_ordered_ones()
    {
        var bench = new Bench().From(2, new AppendRequest(1, 0, 0, 0, 1, [])).Wait(TimeSpan.FromSeconds(0.5)).Forget();
        bench.From(3, new VoteRequest(5, 9, 4, false));
        Assert.Equal(1, bench.Core.Term);
        Assert.Empty(bench.Sent);
        Assert.False(bench.From(3, new PreVoteRequest(5, 9, 4)).Last<PreVoteReply>().Granted);
        Assert.True(bench.From(3, new VoteRequest(5, 9, 4, true)).Last<VoteReply>().Granted);
    }

    [Fact]
    public void Learners_get_the_log_and_do_not_count()
    {
        var bench = new Bench().Elect().Match(2);
        bench.Step(new ChangeConfiguration(1, new Configuration(new[] { 1, 2, 3 }.Select(Bench.Id), null, [Bench.Id(4)])));
        Assert.False(bench.Core.Configuration.IsJoint);
        Assert.NotEmpty(bench.To<AppendRequest>(4));
        Assert.Equal(1, bench.Match(4).Core.CommitIndex);
        Assert.Equal(2, bench.Match(2).Core.CommitIndex);
    }

    [Fact]
    public void Section_7_a_follower_behind_the_log_gets_the_snapshot_in_chunks_and_then_the_log()
    {
        var bench = new Bench(hardState: new HardState(1, default), log: "1 1", snapshotIndex: 5).Elect().Forget();
        bench.From(2, new AppendReply(2, false, 7, 0, 0, 1));
        Assert.Equal((5L, 0L), (bench.Last<SnapshotRequest>().LastIndex, bench.Last<SnapshotRequest>().Offset));
        Assert.Equal(ReplicationState.Snapshot, bench.Core.Progress[1].State);
        bench.From(2, new SnapshotReply(2, 5, 100, false));
        Assert.Equal(100, bench.Last<SnapshotRequest>().Offset);
        bench.Forget().From(2, new SnapshotReply(2, 5, 0, true));
        Assert.Equal(5, bench.Last<AppendRequest>().PreviousIndex);
    }

    [Fact]
    public void Section_7_a_follower_keeps_chunks_restores_and_then_answers()
    {
        var bench = new Bench(hardState: new HardState(1, default), log: "1 1");
        bench.From(2, new SnapshotRequest(1, 9, 1, Voters(1, 2), 0, new byte[3], false));
        Assert.Equal(new SnapshotReply(1, 9, 3, false), bench.Last<SnapshotReply>());
        bench.Forget().From(2, new SnapshotRequest(1, 9, 1, Voters(1, 2), 3, new byte[2], true));
        Assert.True(bench.Writes[^1].Chunk!.Done);
        Assert.Empty(bench.Sent);
        bench.Step(new SnapshotRestored(9, 1, Voters(1, 2)));
        Assert.Equal(new SnapshotReply(1, 9, 0, true), bench.Last<SnapshotReply>());
        Assert.Equal((9L, 10L, Voters(1, 2)), (bench.Core.CommitIndex, bench.Core.FirstIndex, bench.Core.Configuration));
    }

    [Fact]
    public void Section_7_a_snapshot_that_the_log_covers_is_answered_at_once()
    {
        var bench = new Bench(hardState: new HardState(1, default), log: "1 1 1");
        bench.From(2, new SnapshotRequest(1, 2, 1, Voters(1, 2, 3), 0, default, false));
        Assert.True(bench.Last<SnapshotReply>().Installed);
        Assert.Equal((2L, 3L), (bench.Core.CommitIndex, bench.Core.LastIndex));
    }

    [Fact]
    public void Section_8_a_read_waits_for_the_no_op_and_for_a_round_that_began_after_it_came()
    {
        var bench = new Bench().Elect().Step(new ReadIndex(1));
        bench.From(2, new AppendReply(1, true, 1, 0, 0, 1));
        Assert.False(bench.Replies.ContainsKey(1));
        bench.From(2, new AppendReply(1, true, 1, 0, 0, bench.Last<AppendRequest>().Round));
        Assert.Equal(new RaftReply.ReadAt(1), bench.Replies[1]);
    }

    [Fact]
    public void Reads_that_come_during_a_round_share_the_next()
    {
        var bench = new Bench().Elect().Match(2).Forget().Step(new ReadIndex(1)).Step(new ReadIndex(2)).Step(new ReadIndex(3));
        Assert.Single(bench.To<AppendRequest>(2));
        bench.From(2, new AppendReply(1, true, 1, 0, 0, bench.Last<AppendRequest>().Round));
        Assert.Equal([1UL], bench.Replies.Keys);
        bench.From(2, new AppendReply(1, true, 1, 0, 0, bench.Last<AppendRequest>().Round));
        Assert.Equal([1UL, 2UL, 3UL], bench.Replies.Keys.Order());
    }

    [Fact]
    public void Lease_reads_end_before_the_election_timeout_and_with_a_handover()
    {
        var bench = new Bench(options: new RaftOptions { LeaseReads = true }).Elect().Match(2).Step(new TimerFired(RaftTimer.Heartbeat));
        bench.From(2, new AppendReply(1, true, 1, 0, 0, bench.Last<AppendRequest>().Round));
        Assert.True(bench.Core.TryReadFromLease(bench.Now + TimeSpan.FromSeconds(0.89), out var index));
        Assert.Equal(1, index);
        Assert.False(bench.Core.TryReadFromLease(bench.Now + TimeSpan.FromSeconds(0.91), out _));
        bench.Step(new TransferLeadership(1, Bench.Id(2)));
        Assert.False(bench.Core.TryReadFromLease(bench.Now, out _));
    }

    [Fact]
    public void Thesis_3_10_leadership_goes_to_a_server_that_holds_the_whole_log()
    {
        var bench = new Bench().Elect().Match(2).Step(new Propose(1, [new byte[1]])).Step(new TransferLeadership(2, Bench.Id(2)));
        Assert.False(bench.HasSent<TimeoutNow>());
        Assert.True(bench.Match(2).HasSent<TimeoutNow>());
        bench.From(2, new VoteRequest(2, 2, 1, true));
        Assert.Equal(new RaftReply.Transferred(Bench.Id(2)), bench.Replies[2]);
        Assert.True(bench.Last<VoteReply>().Granted);
    }

    [Fact]
    public void Thesis_6_2_a_leader_without_a_quorum_steps_down()
    {
        var bench = new Bench().Elect().Match(2).Step(new ReadIndex(1)).TimeOut();
        Assert.Equal(RaftRole.Follower, bench.Core.Role);
        Assert.IsType<RaftReply.NotLeader>(bench.Replies[1]);
    }
}
