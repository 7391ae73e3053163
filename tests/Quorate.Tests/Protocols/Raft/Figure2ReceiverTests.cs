using Quorate.Kernel.Invariants;
using Quorate.Protocols.Raft;

namespace Quorate.Tests.Protocols.Raft;

/// <summary>Figure 2: the receivers of AppendEntries and RequestVote, and the rules for all servers.</summary>
public sealed class Figure2ReceiverTests
{
    private static AppendRequest Append(long term, long previous, long previousTerm, string entries = "", long commit = 0) =>
        new(term, previous, previousTerm, commit, 1, Bench.Entries(previous + 1, entries));

    [Fact]
    public void AppendEntries_1_replies_false_if_term_is_below_currentTerm()
    {
        var bench = new Bench(hardState: new HardState(5, default)).From(2, Append(4, 0, 0, "4"));
        Assert.Equal((5, false), (bench.Last<AppendReply>().Term, bench.Last<AppendReply>().Accepted));
        Assert.Equal("", bench.Log());
    }

    [Fact]
    public void AppendEntries_2_replies_false_if_the_log_has_no_entry_at_prevLogIndex_with_prevLogTerm()
    {
        var bench = new Bench(hardState: new HardState(3, default), log: "1 1 2");
        Assert.False(bench.From(2, Append(3, 4, 2)).Last<AppendReply>().Accepted);
        Assert.False(bench.From(2, Append(3, 3, 3)).Last<AppendReply>().Accepted);
        Assert.True(bench.From(2, Append(3, 3, 2)).Last<AppendReply>().Accepted);
    }

    [Fact]
    public void AppendEntries_3_deletes_a_conflicting_entry_and_all_that_follow_it()
    {
        var bench = new Bench(hardState: new HardState(3, default), log: "1 1 2 2 2").From(2, Append(3, 2, 1, "3"));
        Assert.Equal("1 1 3", bench.Log());
        Assert.Equal(3, Assert.Single(bench.Writes[^1].Entries).Index);
    }

    [Fact]
    public void AppendEntries_3_an_old_message_that_the_log_covers_truncates_nothing()
    {
        var bench = new Bench(hardState: new HardState(1, default), log: "1 1 1 1").From(2, Append(1, 0, 0, "1 1"));
        Assert.Equal("1 1 1 1", bench.Log());
        Assert.Equal(2, bench.Last<AppendReply>().Index);
        Assert.Empty(bench.Writes);
    }

    [Fact]
    public void AppendEntries_4_appends_entries_that_are_not_in_the_log()
    {
        var bench = new Bench(hardState: new HardState(2, default), log: "1 1").From(2, Append(2, 1, 1, "1 2 2"));
        Assert.Equal("1 1 2 2", bench.Log());
        Assert.Equal([3L, 4L], bench.Writes[^1].Entries.Select(e => e.Index));
    }

    [Fact]
    public void AppendEntries_5_sets_commitIndex_to_the_lesser_of_leaderCommit_and_the_last_new_entry()
    {
        var bench = new Bench(hardState: new HardState(2, default), log: "1 1 1 1");
        Assert.Equal(2, bench.From(2, Append(2, 1, 1, "1", commit: 9)).Core.CommitIndex);
        Assert.Equal(3, bench.From(2, Append(2, 4, 1, "", commit: 3)).Core.CommitIndex);
        Assert.Equal(3, bench.From(2, Append(2, 1, 1, "", commit: 1)).Core.CommitIndex);
    }

    [Fact]
    public void A_committed_entry_is_never_replaced()
    {
        var bench = new Bench(hardState: new HardState(2, default), log: "1 1").From(2, Append(2, 2, 1, "", commit: 2));
        Assert.Throws<InvariantViolationException>(() => bench.From(2, Append(2, 1, 1, "2")));
    }

    [Fact]
    public void RequestVote_1_replies_false_if_term_is_below_currentTerm()
    {
        var bench = new Bench(hardState: new HardState(5, default)).From(2, new VoteRequest(4, 9, 4, false));
        Assert.Equal(new VoteReply(5, false), bench.Last<VoteReply>());
    }

    [Fact]
    public void RequestVote_2_grants_one_vote_a_term_first_come_first_served_and_again_to_the_same()
    {
        var bench = new Bench();
        Assert.True(bench.From(2, new VoteRequest(1, 0, 0, false)).Last<VoteReply>().Granted);
        Assert.False(bench.From(3, new VoteRequest(1, 0, 0, false)).Last<VoteReply>().Granted);
        Assert.True(bench.From(2, new VoteRequest(1, 0, 0, false)).Last<VoteReply>().Granted);
    }

    [Theory]
    [InlineData(2, 2, false)]
    [InlineData(3, 2, true)]
    [InlineData(4, 2, true)]
    [InlineData(9, 1, false)]
    [InlineData(1, 3, true)]
    public void RequestVote_2_and_section_5_4_1_the_candidates_log_is_at_least_as_up_to_date(long lastIndex, long lastTerm, bool granted)
    {
        var bench = new Bench(hardState: new HardState(3, default), log: "1 1 2").From(2, new VoteRequest(4, lastIndex, lastTerm, false));
        Assert.Equal(granted, bench.Last<VoteReply>().Granted);
    }

    [Fact]
    public void The_vote_is_on_stable_storage_before_the_answer()
    {
        var bench = new Bench { SlowDisk = true };
        bench.From(2, new VoteRequest(1, 0, 0, false));
        Assert.Equal(new HardState(1, Bench.Id(2)), bench.Writes[^1].HardState);
        Assert.False(bench.HasSent<VoteReply>());
        Assert.True(bench.CompleteWrites().HasSent<VoteReply>());
    }

    [Fact]
    public void Entries_are_on_stable_storage_before_the_answer()
    {
        var bench = new Bench { SlowDisk = true };
        bench.From(2, Append(1, 0, 0, "1"));
        Assert.False(bench.HasSent<AppendReply>());
        Assert.Equal(1, bench.CompleteWrites().Last<AppendReply>().Index);
    }

    [Fact]
    public void A_heartbeat_behind_durable_entries_is_answered_while_later_ones_are_written()
    {
        var bench = new Bench(hardState: new HardState(1, default), log: "1 1") { SlowDisk = true };
        bench.From(2, Append(1, 2, 1, "1")).From(2, Append(1, 2, 1));
        Assert.Equal(2, Assert.Single(bench.To<AppendReply>(2)).Index);
    }

    [Fact]
    public void All_servers_a_higher_term_is_adopted_and_converts_to_follower()
    {
        var bench = new Bench().Elect();
        bench.From(3, new AppendReply(9, false, 0, 0, 0, 0));
        Assert.Equal((9, RaftRole.Follower), (bench.Core.Term, bench.Core.Role));
        Assert.Equal(new HardState(9, default), bench.Writes[^1].HardState);
    }

    [Fact]
    public void All_servers_answers_of_an_earlier_term_change_nothing()
    {
        var bench = new Bench(hardState: new HardState(4, default), log: "4").Elect();
        bench.From(2, new AppendReply(4, true, 2, 0, 0, 1)).From(2, new AppendReply(4, true, 1, 0, 0, 1));
        Assert.Equal(0, bench.Core.CommitIndex);
        Assert.Equal(0, bench.Core.Progress[1].Match);
    }

    [Fact]
    public void Two_leaders_of_one_term_stop_the_server()
    {
        var bench = new Bench().From(2, Append(1, 0, 0));
        Assert.Throws<InvariantViolationException>(() => bench.From(3, Append(1, 0, 0)));
    }

    [Fact]
    public void Section_5_3_a_refusal_skips_every_entry_whose_term_is_too_new()
    {
        var bench = new Bench(hardState: new HardState(6, default), log: "1 1 1 3 3 3 3").From(2, Append(6, 9, 2));
        Assert.Equal((9, 3, 1), (bench.Last<AppendReply>().Index, bench.Last<AppendReply>().HintIndex, bench.Last<AppendReply>().HintTerm));
    }
}
