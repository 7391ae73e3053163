using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;
using Quorate.Protocols.Raft.Replication;

namespace Quorate.Tests.Protocols.Raft;

/// <summary>Figure 2: followers, candidates and leaders; sections 5.2 to 5.4.</summary>
public sealed class Figure2LeaderTests
{
    private static Propose Propose(ulong request, params byte[][] payloads) =>
        new(request, [.. payloads.Select(p => (ReadOnlyMemory<byte>)p)]);

    [Fact]
    public void Followers_start_an_election_when_the_timeout_elapses_after_a_pre_vote()
    {
        var bench = new Bench().TimeOut();
        Assert.Equal((RaftRole.PreCandidate, 0), (bench.Core.Role, bench.Core.Term));
        Assert.Equal(new PreVoteRequest(1, 0, 0), bench.Last<PreVoteRequest>());
        bench.From(2, new PreVoteReply(1, true));
        Assert.Equal((RaftRole.Candidate, 1), (bench.Core.Role, bench.Core.Term));
    }

    [Fact]
    public void Followers_do_not_start_an_election_while_they_hear_the_leader()
    {
        var bench = new Bench().Wait(TimeSpan.FromSeconds(0.9)).From(2, new AppendRequest(1, 0, 0, 0, 1, []));
        bench.Wait(TimeSpan.FromSeconds(0.9)).Step(new TimerFired(RaftTimer.Election));
        Assert.Equal(RaftRole.Follower, bench.Core.Role);
        Assert.True(bench.Timers[RaftTimer.Election] > TimeSpan.Zero);
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(5000, 1500)]
    [InlineData(9999, 1999)]
    public void Section_5_2_election_timeouts_are_chosen_from_one_to_two_times_the_shortest(int chance, int milliseconds)
    {
        var bench = new Bench { Chance = chance };
        bench.From(2, new VoteRequest(1, 0, 0, false));
        Assert.Equal(milliseconds, (int)bench.Timers[RaftTimer.Election].TotalMilliseconds);
    }

    [Fact]
    public void Candidates_raise_the_term_vote_for_themselves_and_ask_all_others_once_that_is_durable()
    {
        var bench = new Bench { SlowDisk = true };
        bench.TimeOut().From(3, new PreVoteReply(1, true));
        Assert.Equal(new HardState(1, Bench.Id(1)), bench.Writes[^1].HardState);
        Assert.False(bench.HasSent<VoteRequest>());
        bench.CompleteWrites();
        Assert.Equal([Bench.Id(2), Bench.Id(3)], bench.Sent.Where(s => s.Message is VoteRequest).Select(s => s.To));
    }

    [Fact]
    public void Candidates_become_leader_with_votes_of_a_majority()
    {
        var bench = new Bench(voters: 5).TimeOut();
        bench.From(2, new PreVoteReply(1, true)).From(3, new PreVoteReply(1, true)).From(2, new VoteReply(1, true));
        Assert.Equal(RaftRole.Candidate, bench.Core.Role);
        bench.From(2, new VoteReply(1, true)).From(4, new VoteReply(1, false));
        Assert.Equal(RaftRole.Candidate, bench.Core.Role);
        Assert.Equal(RaftRole.Leader, bench.From(3, new VoteReply(1, true)).Core.Role);
    }

    [Fact]
    public void A_single_server_leads_only_once_its_own_vote_is_durable()
    {
        var bench = new Bench(voters: 1) { SlowDisk = true };
        bench.TimeOut();
        Assert.Equal(RaftRole.Candidate, bench.Core.Role);
        Assert.Equal(RaftRole.Leader, bench.CompleteWrites().Core.Role);
        Assert.Equal(0, bench.Core.CommitIndex);
        Assert.Equal(1, bench.CompleteWrites().Core.CommitIndex);
    }

    [Fact]
    public void Candidates_convert_to_follower_when_a_new_leader_is_heard()
    {
        var bench = new Bench().TimeOut().From(2, new PreVoteReply(1, true)).From(3, new AppendRequest(1, 0, 0, 0, 1, []));
        Assert.Equal((RaftRole.Follower, Bench.Id(3)), (bench.Core.Role, bench.Core.Leader));
    }

    [Fact]
    public void Candidates_start_over_when_the_timeout_elapses()
    {
        var bench = new Bench().TimeOut().From(2, new PreVoteReply(1, true)).Forget().TimeOut();
        Assert.Equal(new PreVoteRequest(2, 0, 0), bench.Last<PreVoteRequest>());
    }

    [Fact]
    public void Leaders_send_to_each_server_upon_election_and_again_while_idle()
    {
        var bench = new Bench().Elect();
        Assert.Equal([Bench.Id(2), Bench.Id(3)], bench.Sent.Where(s => s.Message is AppendRequest).Select(s => s.To));
        bench.Forget().Step(new TimerFired(RaftTimer.Heartbeat));
        Assert.All(bench.Sent, s => Assert.Empty(((AppendRequest)s.Message).Entries));
        Assert.Equal(2, bench.Sent.Count);
    }

    [Fact]
    public void Section_8_leaders_write_a_no_op_at_the_start_of_their_term()
    {
        var bench = new Bench().Elect();
        Assert.Equal((EntryKind.Noop, 1), (bench.Core.EntryAt(1).Kind, bench.Core.EntryAt(1).Term));
    }

    [Fact]
    public void Leaders_append_commands_to_the_log_and_send_them_before_their_own_disk_is_done()
    {
        var bench = new Bench().Elect().Match(2);
        bench.SlowDisk = true;
        bench.Forget().Step(Propose(7, [1], [2]));
        Assert.Equal(new RaftReply.Appended(2, 1), bench.Replies[7]);
        Assert.Equal(2, bench.To<AppendRequest>(2).Single().Entries.Count);
    }

    [Fact]
    public void Leaders_count_their_own_log_only_once_it_is_durable()
    {
        var bench = new Bench().Elect().Match(2);
        bench.SlowDisk = true;
        bench.Step(Propose(7, [1])).Match(2);
        Assert.Equal(1, bench.Core.CommitIndex);
        Assert.Equal(2, bench.CompleteWrites().Core.CommitIndex);
    }

    [Fact]
    public void Leaders_commit_with_a_majority_of_others_before_their_own_disk_is_done()
    {
        var bench = new Bench().Elect().Match(2).Match(3);
        bench.SlowDisk = true;
        bench.Step(Propose(7, [1])).Match(2).Match(3);
        Assert.Equal(2, bench.Core.CommitIndex);
    }

    [Fact]
    public void Leaders_send_entries_from_nextIndex_and_after_success_update_matchIndex()
    {
        var bench = new Bench(hardState: new HardState(1, default), log: "1 1").Elect();
        Assert.Equal((2, 1), (bench.To<AppendRequest>(2).First().PreviousIndex, bench.To<AppendRequest>(2).First().Entries.Count));
        bench.Match(2);
        Assert.Equal(3, bench.Core.Progress[1].Match);
        Assert.Equal(ReplicationState.Replicate, bench.Core.Progress[1].State);
    }

    [Fact]
    public void Leaders_after_inconsistency_decrement_nextIndex_and_retry()
    {
        var bench = new Bench(hardState: new HardState(5, default), log: "1 1 4 4 5").Elect().Forget();
        bench.From(2, new AppendReply(6, false, 5, 3, 2, 1));
        Assert.Equal((2, 1), (bench.Last<AppendRequest>().PreviousIndex, bench.Last<AppendRequest>().PreviousTerm));
        bench.Forget().From(2, new AppendReply(6, false, 5, 0, 0, 1));
        Assert.Empty(bench.Sent);
    }

    [Fact]
    public void A_stale_answer_never_lowers_or_advances_matchIndex()
    {
        var bench = new Bench().Elect().Match(2).Step(Propose(1, [1])).Match(2);
        bench.Match(2, 1).From(2, new AppendReply(1, false, 1, 0, 0, 0));
        Assert.Equal(2, bench.Core.Progress[1].Match);
    }

    [Fact]
    public void Section_5_4_2_and_figure_8_entries_of_earlier_terms_are_not_committed_by_counting()
    {
        var bench = new Bench(voters: 5, hardState: new HardState(3, default), log: "1 2").Elect();
        bench.Match(2, 2).Match(3, 2).Match(4, 2);
        Assert.Equal(0, bench.Core.CommitIndex);
        bench.Match(2, 3).Match(3, 3);
        Assert.Equal(3, bench.Core.CommitIndex);
    }

    [Fact]
    public void A_write_of_entries_that_were_replaced_since_counts_for_nothing()
    {
        var bench = new Bench(hardState: new HardState(1, default)) { SlowDisk = true };
        bench.From(2, new AppendRequest(1, 0, 0, 0, 1, Bench.Entries(1, "1 1")));
        bench.From(3, new AppendRequest(2, 0, 0, 0, 1, Bench.Entries(1, "2 2")));
        bench.CompleteWrites(1).From(3, new AppendRequest(2, 2, 2, 0, 2, []));
        Assert.DoesNotContain(bench.To<AppendReply>(3), r => r.Accepted && r.Index > 0);
        Assert.Contains(bench.CompleteWrites(2).To<AppendReply>(3), r => r is { Accepted: true, Index: 2 });
    }

    [Fact]
    public void Windows_bound_what_is_in_flight_to_a_follower()
    {
        var bench = new Bench(options: new RaftOptions { InflightMessagesMax = 2 }).Elect().Match(2).Forget();
        for (var i = 0UL; i < 5; i++)
            bench.Step(Propose(i, [1]));
        Assert.Equal(2, bench.To<AppendRequest>(2).Count());
        bench.Forget().Match(2, 2);
        Assert.Equal([4L, 5L, 6L], bench.To<AppendRequest>(2).SelectMany(m => m.Entries).Select(e => e.Index));
    }

    [Fact]
    public void Proposals_beyond_the_uncommitted_bytes_are_told_to_wait()
    {
        var bench = new Bench(options: new RaftOptions { UncommittedBytesMax = 3 }).Elect();
        bench.Step(Propose(1, new byte[3])).Step(Propose(2, new byte[1]));
        Assert.IsType<RaftReply.Busy>(bench.Replies[2]);
        Assert.IsType<RaftReply.Appended>(bench.Match(2).Step(Propose(3, new byte[9])).Replies[3]);
    }

    [Fact]
    public void Followers_answer_proposals_with_the_leader()
    {
        var bench = new Bench().From(2, new AppendRequest(1, 0, 0, 0, 1, [])).Step(Propose(1, [1]));
        Assert.Equal(new RaftReply.NotLeader(Bench.Id(2)), bench.Replies[1]);
        Assert.Equal(NodeId.None, new Bench().Core.Leader);
    }
}
