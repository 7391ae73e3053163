using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Histories.Formats;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;

namespace Quorate.Tests.Checking.SpecialCases;

/// <summary>The near-linear checks come to the same verdict as the search, and say when they do not apply.</summary>
public sealed class CrossCheckTests
{
    private const int Seeds = 4_000;
    private const int OperationsMax = 18;

    [Theory]
    [InlineData("register")]
    [InlineData("queue")]
    [InlineData("stack")]
    [InlineData("set")]
    [InlineData("growing-set")]
    [InlineData("counter")]
    [InlineData("lock")]
    [InlineData("lease")]
    public void The_verdict_is_that_of_the_search(string kind)
    {
        var check = new CrossCheck(kind);
        for (var seed = 1; seed <= Seeds; seed++)
            Assert.Null(check.Run(seed, OperationsMax));
        Assert.True(check.Valid > Seeds / 2, $"{check.Valid} valid");
        Assert.True(check.Invalid > Seeds / 20, $"{check.Invalid} invalid");
        Assert.True(check.Left < Seeds / 5, $"{check.Left} left to the search");
    }

    [Theory]
    [InlineData("register", "write 1 -> ok, write 2 -> ok, read -> 1")]
    [InlineData("cas-register", "write 1 -> ok, write 2 -> ok, read -> 1")]
    [InlineData("linearizable-queue", "enqueue 1 -> ok, enqueue 2 -> ok, dequeue -> 2, dequeue -> 1")]
    [InlineData("linearizable-queue", "enqueue 1 -> ok, dequeue -> nil")]
    [InlineData("linearizable-queue", "dequeue ?, enqueue 1 -> ok, enqueue 2 -> ok, enqueue 3 -> ok, dequeue -> 3")]
    [InlineData("linearizable-queue", "dequeue ?, enqueue 1 -> ok, enqueue 2 -> ok, dequeue -> nil")]
    [InlineData("linearizable-stack", "push 1 -> ok, push 2 -> ok, pop -> 1, pop -> 2")]
    [InlineData("linearizable-stack", "push 1 -> ok, push 2 -> ok, pop ?, push 3 -> ok, pop -> nil, pop -> 1")]
    [InlineData("linearizable-stack", "push 1 -> ok, push 2 -> ok, pop -> 1, push 3 -> ok")]
    [InlineData("linearizable-set", "add 1 -> ok, contains 1 -> false")]
    [InlineData("linearizable-set", "add 1 -> ok, add 2 -> ok, read -> [1]")]
    [InlineData("linearizable-counter", "add 1 -> ok, read -> 0")]
    [InlineData("linearizable-counter", "read -> 0, add 1 -> ok, add 1 ?, read -> 3")]
    [InlineData("linearizable-lock", "acquire -> 5, acquire -> 6")]
    [InlineData("linearizable-lock", "acquire -> 5, release -> ok, acquire -> 5")]
    [InlineData("linearizable-lease", "acquire -> 5, acquire -> 4")]
    public void A_violation_has_a_small_witness_that_another_check_confirms(string model, string text)
    {
        var verdict = Check(model, text);
        Assert.Equal(CheckOutcome.Invalid, verdict.Outcome);
        Assert.StartsWith("near-linear check", verdict.Method, StringComparison.Ordinal);
        var witness = WitnessFinder.Find(verdict.Violation!);
        Assert.True(witness.Confirmed, witness.ToString());
        Assert.True(witness.Operations.Count <= 7, witness.ToString());
    }

    [Theory]
    [InlineData("register", "write 1 ?, write 2 -> ok, read -> 2, read -> 1")]
    [InlineData("linearizable-queue", "dequeue ?, enqueue 1 -> ok, enqueue 2 -> ok, dequeue -> 2, dequeue -> nil")]
    [InlineData("linearizable-queue", "enqueue 1 ?, dequeue -> nil, dequeue -> 1")]
    [InlineData("linearizable-stack", "push 1 ?, pop -> nil, push 2 -> ok, pop -> 1, pop -> 2")]
    [InlineData("linearizable-set", "remove 1 ?, add 1 -> ok, contains 1 -> true, contains 1 -> false")]
    [InlineData("linearizable-set", "add 1 ?, add 2 -> ok, read -> [2], read -> [1 2]")]
    [InlineData("linearizable-counter", "add 2 ?, read -> 0, read -> 2")]
    [InlineData("linearizable-lock", "acquire -> 5, release ?, acquire -> 6")]
    [InlineData("linearizable-lease", "acquire -> 5, acquire -> 6")]
    public void What_is_unknown_may_happen_later_or_never(string model, string text)
    {
        var verdict = Check(model, text);
        Assert.True(verdict.Outcome == CheckOutcome.Valid, $"{verdict}");
        Assert.StartsWith("near-linear check", verdict.Method, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("register", "write 1 -> ok, write 1 -> ok, read -> 1", "1 is written twice")]
    [InlineData("register", "write nil -> ok", "nil is written")]
    [InlineData("linearizable-queue", "enqueue 1 -> ok, enqueue 1 ?, dequeue -> 1", "1 is put twice")]
    [InlineData("linearizable-stack", "pop ?, push 1 -> ok, push 2 -> ok, pop -> 1", "unknown pop")]
    [InlineData("linearizable-set", "add 1 -> ok, remove 1 -> ok, add 1 -> ok", "1 is added twice")]
    [InlineData("linearizable-lock", "acquire ?, release -> ok", "no token")]
    public void Where_a_near_linear_check_does_not_apply_the_search_decides_and_the_verdict_says_so(string model, string text, string reason)
    {
        var verdict = Check(model, text);
        Assert.Equal(CheckOutcome.Valid, verdict.Outcome);
        Assert.StartsWith("search", verdict.Method, StringComparison.Ordinal);
        Assert.Contains(reason, verdict.Method, StringComparison.Ordinal);
    }

    [Fact]
    public void A_near_linear_check_that_does_not_fit_into_its_memory_gives_unknown()
    {
        var verdict = LinearizabilityChecker.Check(
            Read("write 1 -> ok, write 2 -> ok, read -> 1"), HistoryModels.Named("register")!, new CheckLimits { MemoryBytesMax = 100 });
        Assert.Equal(CheckOutcome.Unknown, verdict.Outcome);
        Assert.Contains("memory", verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linearizable-queue", "push 1 -> ok")]
    [InlineData("linearizable-stack", "push nil -> ok")]
    [InlineData("linearizable-set", "read -> 5")]
    [InlineData("linearizable-set", "contains 1 -> 1")]
    [InlineData("linearizable-counter", "read -> nil")]
    [InlineData("linearizable-lock", "acquire -> nil")]
    public void A_history_of_another_kind_is_an_error(string model, string text) =>
        Assert.Throws<HistoryFormatException>(() => Check(model, text));

    private static Verdict Check(string model, string text) => LinearizabilityChecker.Check(Read(text), HistoryModels.Named(model)!);

    /// <summary>One operation after another, by one process; a question mark stands for an end that nobody knows.</summary>
    private static History Read(string text)
    {
        var events = new List<string>();
        foreach (var operation in text.Split(", "))
        {
            var isUnknown = operation.EndsWith('?');
            var sides = operation.TrimEnd('?', ' ').Split(" -> ");
            var words = sides[0].Split(' ');
            var input = words.Length > 1 ? words[1] : "nil";
            events.Add($"{{:type :invoke, :process 0, :f :{words[0]}, :value {input}}}");
            if (isUnknown)
                events.Add($"{{:type :info, :process 0, :f :{words[0]}, :value {input}}}");
            else
                events.Add($"{{:type :ok, :process 0, :f :{words[0]}, :value {(sides[1] == "ok" ? input : sides[1])}}}");
        }
        return HistoryReader.Read(string.Join('\n', events), HistoryFormat.Edn);
    }
}
