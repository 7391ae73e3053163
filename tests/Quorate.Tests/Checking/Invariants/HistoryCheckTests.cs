using Quorate.Checking.Catalog;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Invariants;

namespace Quorate.Tests.Checking.Invariants;

/// <summary>Each check by its smallest histories: what breaks it, and what comes close and does not.</summary>
public sealed class HistoryCheckTests
{
    [Theory]
    [InlineData("bank", "0 read -> {0 5 1 5} ; 0 transfer {:from 0 :to 1 :amount 2} ; 0 read -> {0 3 1 7}", "")]
    [InlineData("bank", "0 read -> {0 5 1 5} ; 0 read -> {0 3 1 5}", "wrong-total")]
    [InlineData("bank", "0 read -> {0 5 1 5} ; 0 read -> {0 11 1 -1}", "negative-balance")]
    [InlineData("bank", "0 read -> {0 5 1 5} ; 0 read -> {0 10 1 nil}", "no-balance")]
    [InlineData("bank", "0 read -> {0 5 1 5} ; 0 read -> {0 5 1 4 2 1}", "unexpected-account")]
    [InlineData("long-fork", "0 txn [[:w x 1]] ; 1 txn [[:r x 1] [:r y nil]] ; 1 txn [[:r y 1] [:r x 1]]", "")]
    [InlineData("long-fork", "1 txn [[:r x 1] [:r y nil]] ; 1 txn [[:r y 1] [:r x nil]]", "long-fork")]
    [InlineData("set", "0 add 1 ; 0 add? 2 ; 0 add! 3 ; 0 read -> [1]", "")]
    [InlineData("set", "0 add 1 ; 0 add? 2 ; 0 read -> [1 2]", "")]
    [InlineData("set", "0 add 1 ; 0 read -> []", "lost")]
    [InlineData("set", "0 add 1 ; 0 read -> [1 2]", "unexpected")]
    [InlineData("set", "0 add! 1 ; 0 read -> [1]", "revived")]
    [InlineData("set", "0 add 1 ; 0 read -> [1 1]", "duplicated")]
    [InlineData("set-full", "0 add 1 ; 0 read -> [] ; 0 read -> [1]", "")]
    [InlineData("set-linearizable", "0 add 1 ; 0 read -> [] ; 0 read -> [1]", "stale")]
    [InlineData("set-full", "0 add 1 ; 0 read -> [1] ; 0 read -> []", "lost")]
    [InlineData("set-full", "0 add? 1 ; 0 read -> [1] ; 0 read -> []", "lost")]
    [InlineData("set-full", "0 add? 1 ; 0 read -> []", "")]
    [InlineData("set-full", "0 add/7 1 ; 0 read/8 -> []", "")]
    [InlineData("set-full", "0 add/7 1 ; 0 read/7 -> []", "lost")]
    [InlineData("counter", "0 add 2 ; 0 add? 3 ; 0 add! 9 ; 0 read -> 2 ; 0 read -> 5", "")]
    [InlineData("counter", "0 add 2 ; 0 read -> 1", "out-of-bounds")]
    [InlineData("counter", "0 add 2 ; 0 add! 1 ; 0 read -> 3", "out-of-bounds")]
    [InlineData("counter", "0 add? -2 ; 0 decrement ; 0 read -> -3 ; 0 read -> -1", "")]
    [InlineData("counter", "0 decrement ; 0 read -> 0", "out-of-bounds")]
    [InlineData("unique-ids", "0 generate -> 1 ; 0 generate? -> 1 ; 0 generate -> 2", "")]
    [InlineData("unique-ids", "0 generate -> 1 ; 1 generate -> 1", "duplicate-id")]
    [InlineData("queue", "0 enqueue 1 ; 0 enqueue 2 ; 1 dequeue -> 2 ; 1 drain -> [1]", "")]
    [InlineData("queue", "0 enqueue 1 ; 0 enqueue 2 ; 1 dequeue -> 2", "")]
    [InlineData("queue", "0 enqueue 1 ; 1 drain -> []", "lost")]
    [InlineData("queue", "0 enqueue 1 ; 1 dequeue -> nil", "lost")]
    [InlineData("queue", "0 enqueue 1 ; 1 dequeue? -> nil ; 2 drain -> []", "")]
    [InlineData("queue", "0 enqueue 1 ; 0 enqueue 2 ; 1 dequeue? -> nil ; 2 drain -> []", "lost")]
    [InlineData("queue", "0 enqueue 1 ; 1 drain? -> nil ; 2 drain -> []", "")]
    [InlineData("queue", "0 enqueue 1 ; 1 dequeue -> 1 ; 1 dequeue -> 1", "doubled")]
    [InlineData("queue", "1 dequeue -> 1", "unexpected")]
    [InlineData("queue", "0 enqueue! 1 ; 1 dequeue -> 1", "unexpected")]
    [InlineData("queue", "0 enqueue? 1 ; 1 dequeue -> 1", "")]
    [InlineData("fifo-queue", "0 enqueue 1 ; 0 enqueue 2 ; 1 dequeue -> 1 ; 1 dequeue -> 2", "")]
    [InlineData("fifo-queue", "0 enqueue 1 ; 0 enqueue 2 ; 1 dequeue -> 2 ; 1 dequeue -> 1", "overtaken")]
    [InlineData("log", "0 send/7 1 -> [0 1] ; 0 send/7 2 -> [3 2] ; 1 poll/7 -> [[0 1] [3 2]]", "")]
    [InlineData("log", "0 txn [[:send x 1]] -> [[:send x [0 1]]] ; 1 txn [[:poll]] -> [[:poll {x [[0 1]]}]]", "")]
    [InlineData("log", "0 send/7 1 -> [0 1] ; 0 send/7 2 -> [1 2] ; 1 poll/7 -> [[1 2]]", "lost")]
    [InlineData("log", "0 send/7 1 -> [0 1] ; 0 send/7 2 -> [0 2]", "inconsistent-offsets")]
    [InlineData("log", "0 send/7 1 -> [0 1] ; 1 poll/7 -> [[0 1] [1 1]]", "duplicate")]
    [InlineData("log", "0 send/7! 1 ; 1 poll/7 -> [[0 1]]", "aborted-read")]
    [InlineData("log", "1 poll/7 -> [[0 1]]", "unexpected")]
    [InlineData("log", "0 send/7 1 -> [0 1] ; 0 send/7 2 -> [1 2] ; 1 poll/7 -> [[1 2]] ; 1 poll/7 -> [[0 1]]", "nonmonotonic-poll")]
    [InlineData("log", "0 send/7 1 -> [0 1] ; 0 send/7 2 -> [1 2] ; 1 poll/7 -> [[1 2]] ; 1 seek ; 1 poll/7 -> [[0 1]]", "")]
    [InlineData("log", "0 send/7 1 -> [0 1] ; 0 send/7 2 -> [1 2] ; 0 send/7 3 -> [2 3] ; 1 poll/7 -> [[0 1]] ; 1 poll/7 -> [[2 3]]", "poll-skip")]
    [InlineData("log", "0 send/7 1 -> [1 1] ; 0 send/7 2 -> [0 2]", "nonmonotonic-send")]
    [InlineData("fenced-lock", "0 acquire -> 1 ; 0 release ; 1 acquire -> 2 ; 1 release", "")]
    [InlineData("fenced-lock", "0 acquire -> 1 ; 1 acquire -> 2 ; 1 release", "")]
    [InlineData("fenced-lock", "0 acquire -> 2 ; 0 release ; 1 acquire -> 2", "token-order")]
    [InlineData("fenced-lock", "0 acquire -> 1 ; 1 acquire -> 2 ; 0 release ; 1 release", "held-twice")]
    [InlineData("fenced-lock", "0 acquire -> 1 ; 1 acquire -> 2 ; 0 release! ; 1 release", "")]
    [InlineData("fenced-lock", "0 acquire/7 -> 1 ; 1 acquire/8 -> 1 ; 0 release/7 ; 1 release/8", "")]
    [InlineData("fenced-lock", "0 write 2 ; 1 write 1", "stale-token")]
    [InlineData("fenced-lock", "0 write 2 ; 1 write! 1 ; 1 write 2", "")]
    [InlineData("convergence", "0 state -> {:seen [1 2] :state 3} ; 1 state -> {:seen [2 1] :state 3} ; 1 state -> {:seen [1] :state 1}", "")]
    [InlineData("convergence", "0 state -> {:seen [1 2] :state 3} ; 1 state -> {:seen [2 1] :state 4}", "diverged")]
    [InlineData("convergence", "0 final -> 3 ; 1 final -> 4", "diverged")]
    public void A_history_has_the_verdict_that_it_must(string check, string text, string finding)
    {
        var report = Check(check, EventText.Sequential(text));
        Assert.Equal(finding.Length == 0 ? [] : [finding], report.Findings.Select(f => f.Name).Where(n => finding.Length == 0 || n == finding));
        Assert.Equal(finding.Length == 0 ? CheckOutcome.Valid : CheckOutcome.Invalid, report.Outcome);
    }

    [Theory]
    [InlineData("set", "i0 add 1 ; i1 read ; o0 add 1 ; o1 read []")]
    [InlineData("set-full", "i0 add 1 ; i1 read ; o0 add 1 ; o1 read []")]
    [InlineData("counter", "i0 add 1 ; i1 read ; o0 add 1 ; o1 read 0")]
    [InlineData("counter", "i1 read ; i0 add 1 ; o0 add 1 ; o1 read 1")]
    [InlineData("fifo-queue", "i0 enqueue 1 ; i1 enqueue 2 ; o0 enqueue ; o1 enqueue ; i0 dequeue ; o0 dequeue 2 ; i0 dequeue ; o0 dequeue 1")]
    [InlineData("queue", "i0 enqueue 1 ; i1 dequeue ; o0 enqueue ; o1 dequeue nil")]
    [InlineData("fenced-lock", "i0 acquire ; i1 acquire ; o1 acquire 2 ; o0 acquire 1")]
    public void What_runs_at_the_same_time_may_come_in_any_order(string check, string text) =>
        Assert.Equal(CheckOutcome.Valid, Check(check, EventText.Read(text)).Outcome);

    [Theory]
    [InlineData("bank", "0 transfer {:from 0 :to 1 :amount 1}", "nobody read")]
    [InlineData("set", "0 add 1", "nobody read")]
    [InlineData("set-full", "0 add 1", "nobody read")]
    [InlineData("queue", "0 enqueue 1 ; 0 enqueue 1", "put twice")]
    [InlineData("long-fork", "0 txn [[:w x 1]] ; 0 txn [[:w x 2]]", "more than one value")]
    [InlineData("convergence", "0 update 1", "nobody read")]
    public void What_a_history_does_not_tell_is_unknown(string check, string text, string reason)
    {
        var report = Check(check, EventText.Sequential(text));
        Assert.Equal(CheckOutcome.Unknown, report.Outcome);
        Assert.Contains(reason, report.Reason);
    }

    [Theory]
    [InlineData("bank", "0 steal 1")]
    [InlineData("set", "0 remove 1")]
    [InlineData("set", "0 read -> 7")]
    [InlineData("counter", "0 add :x")]
    [InlineData("queue", "0 push 1")]
    [InlineData("log", "0 write 1")]
    [InlineData("log", "1 poll/7 -> [7]")]
    [InlineData("fenced-lock", "0 acquire -> :yes")]
    [InlineData("long-fork", "0 txn [[:append x 1]]")]
    [InlineData("convergence", "0 state -> 3")]
    [InlineData("sequential", "0 cas [1 2]")]
    [InlineData("causal", "0 cas [1 2]")]
    public void An_operation_that_the_check_does_not_know_is_refused_with_its_line(string check, string text) =>
        Assert.True(Assert.Throws<HistoryFormatException>(() => Check(check, EventText.Sequential(text))).Line > 0);

    [Fact]
    public void A_bank_may_allow_debts_and_know_its_total()
    {
        var history = EventText.Sequential("0 read -> {0 11 1 -1}");
        Assert.Equal(CheckOutcome.Valid, new BankCheck(negativeBalances: true).Check(history).Outcome);
        Assert.Equal("wrong-total", Assert.Single(new BankCheck(negativeBalances: true, total: 12).Check(history).Findings).Name);
    }

    [Theory]
    [InlineData("bank-negative-balances.json", "bank", CheckOutcome.Invalid)]
    [InlineData("bank.edn", "bank", CheckOutcome.Valid)]
    [InlineData("counter.edn", "counter", CheckOutcome.Valid)]
    [InlineData("long-fork.edn", "long-fork", CheckOutcome.Invalid)]
    [InlineData("set_full.edn", "set-full", CheckOutcome.Invalid)]
    public void Recorded_histories_have_the_verdicts_of_their_names(string file, string check, CheckOutcome expected) =>
        Assert.Equal(expected, Check(check, SharedData.Read($"elle-cli/jepsen_{file}")).Outcome);

    [Fact]
    public void Every_check_has_a_name_of_its_own_and_says_what_it_is_about()
    {
        Assert.Equal(HistoryChecks.All.Count, HistoryChecks.All.Select(c => c.Name).Distinct().Count());
        Assert.All(HistoryChecks.All, c => Assert.True(c.About.Length > 10 && HistoryChecks.Named(c.Name) == c));
        Assert.Null(HistoryChecks.Named("chaos"));
    }

    private static CheckReport Check(string name, History history) =>
        HistoryChecks.Named(name)!.Check(history, cancellationToken: TestContext.Current.CancellationToken);
}
