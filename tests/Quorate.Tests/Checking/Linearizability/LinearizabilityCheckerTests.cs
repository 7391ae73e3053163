using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;

namespace Quorate.Tests.Checking.Linearizability;

public sealed class LinearizabilityCheckerTests
{
    [Theory]
    [InlineData("register", 1)]
    [InlineData("cas-register", 2)]
    [InlineData("kv", 3)]
    [InlineData("mutex", 4)]
    [InlineData("append", 5)]
    [InlineData("txn", 6)]
    public void Thousands_of_small_random_histories_get_the_verdict_of_the_definition(string shape, int seed)
    {
        var random = new Random(seed);
        var model = HistoryModels.Named(shape is "append" or "txn" ? "kv" : shape)!;
        var kinds = new int[3];
        for (var i = 0; i < 3000; i++)
        {
            var history = new RandomHistory(random, shape).Create(random.Next(1, 9), random.Next(1, 6));
            var verdict = LinearizabilityChecker.Check(history, model);
            var expected = BruteForce.IsLinearizable(history) ? CheckOutcome.Valid : CheckOutcome.Invalid;
            Assert.True(expected == verdict.Outcome, $"run {i}: {expected}\n{string.Join('\n', history.Operations)}");
            kinds[(int)verdict.Outcome]++;
            if (verdict.Violation is { } violation)
                AssertWitness(violation);
        }
        Assert.True(kinds[0] > 100 && kinds[1] > 100, $"valid {kinds[0]}, invalid {kinds[1]}");
    }

    [Theory]
    [InlineData("cas-register", 7)]
    [InlineData("kv", 8)]
    [InlineData("txn", 9)]
    public void Larger_random_histories_get_the_verdict_of_the_second_check(string shape, int seed)
    {
        var random = new Random(seed);
        var model = HistoryModels.Named(shape == "txn" ? "kv" : shape)!;
        var compared = 0;
        for (var i = 0; i < 200; i++)
        {
            var history = new RandomHistory(random, shape).Create(random.Next(20, 50), random.Next(2, 5));
            foreach (var partition in model.Partition(history))
            {
                if (new FrontierCheck(partition, 2_000).Run() is not { } expected)
                    continue;
                compared++;
                Assert.Equal(expected ? CheckOutcome.Valid : CheckOutcome.Invalid, LinearizabilityChecker.CheckPartition(partition).Outcome);
            }
        }
        Assert.True(compared > 100, $"compared {compared}");
    }

    [Fact]
    public void An_unknown_write_may_take_effect_much_later()
    {
        var history = Build((0, "write", 1, null), (1, "read", null, 7L), (2, "write", 2, 2L), (1, "read", null, 1L));
        Assert.Equal(CheckOutcome.Invalid, Check(history, "register").Outcome);
        history = Build((0, "write", 1, null), (2, "write", 2, 2L), (1, "read", null, 2L), (1, "read", null, 1L));
        Assert.Equal(CheckOutcome.Valid, Check(history, "register").Outcome);
        history = Build((0, "write", 1, null), (2, "write", 2, 2L), (1, "read", null, 1L), (1, "read", null, 2L));
        Assert.Equal(CheckOutcome.Invalid, Check(history, "register").Outcome);
        history = Build((0, "write", 1, null), (1, "read", null, 1L), (2, "write", 2, 2L), (1, "read", null, 1L));
        Assert.Equal(CheckOutcome.Invalid, Check(history, "register").Outcome);
    }

    [Fact]
    public void Hundreds_of_unknown_operations_do_not_blow_up_the_search()
    {
        var events = new List<HistoryEvent>();
        var random = new Random(5);
        var value = HistoryValue.Nil;
        for (var i = 0; i < 400; i++)
        {
            events.Add(Event(HistoryEventType.Invoke, 1000 + i, "write", HistoryValue.Of(random.Next(5))));
            var pair = HistoryValue.List(HistoryValue.Of(random.Next(5)), HistoryValue.Of(random.Next(5)));
            events.Add(Event(HistoryEventType.Invoke, 2000 + i, "cas", pair));
            events.Add(Event(HistoryEventType.Invoke, 0, "write", value = HistoryValue.Of(random.Next(5))));
            events.Add(Event(HistoryEventType.Ok, 0, "write", value));
            events.Add(Event(HistoryEventType.Invoke, 0, "read", HistoryValue.Nil));
            events.Add(Event(HistoryEventType.Ok, 0, "read", value));
        }
        events.Add(Event(HistoryEventType.Invoke, 0, "read", HistoryValue.Nil));
        events.Add(Event(HistoryEventType.Ok, 0, "read", HistoryValue.Of(99)));
        var verdict = Check(History.FromEvents(events), "cas-register");
        Assert.Equal(CheckOutcome.Invalid, verdict.Outcome);
        Assert.True(verdict.Steps < 20_000_000, $"{verdict.Steps} steps");
    }

    [Fact]
    public void A_hundred_thousand_operations_of_one_key_are_checked_without_deep_recursion()
    {
        var random = new Random(3);
        var events = new List<HistoryEvent>();
        for (var round = 0; round < 10_000; round++)
        {
            var last = random.Next(5);
            for (var process = 0; process < 10; process++)
                events.Add(process < 5
                    ? Event(HistoryEventType.Invoke, process, "write", HistoryValue.Of(process))
                    : Event(HistoryEventType.Invoke, process, "read", HistoryValue.Nil));
            for (var process = 0; process < 10; process++)
                events.Add(process < 5
                    ? Event(HistoryEventType.Ok, process, "write", HistoryValue.Of(process))
                    : Event(HistoryEventType.Ok, process, "read", HistoryValue.Of(last)));
        }
        Assert.Equal(CheckOutcome.Valid, Check(History.FromEvents(events), "register").Outcome);
    }

    [Fact]
    public void A_bound_on_steps_memory_or_time_gives_unknown_and_says_which()
    {
        var history = ManyAtOnce(24);
        Assert.Contains("steps", Unknown(history, new CheckLimits { StepsMax = 100_000 }));
        Assert.Contains("memory", Unknown(history, new CheckLimits { MemoryBytesMax = 1 << 20 }));
        var timed = new CheckLimits { Clock = new LeapingClock(), TimeMax = TimeSpan.FromSeconds(3) };
        Assert.Contains(" s ", Unknown(history, timed));
    }

    [Fact]
    public void A_bad_key_behind_a_hard_one_is_still_found()
    {
        var events = new List<HistoryEvent>();
        foreach (var e in ManyAtOnceEvents(24))
            events.Add(e with { Key = HistoryValue.Of("hard") });
        events.Add(Event(HistoryEventType.Invoke, 0, "read", HistoryValue.Nil) with { Key = HistoryValue.Of("bad") });
        events.Add(Event(HistoryEventType.Ok, 0, "read", HistoryValue.Of(5)) with { Key = HistoryValue.Of("bad") });
        var limits = new CheckLimits { StepsMax = 10_000_000, MemoryBytesMax = 1 << 20 };
        Assert.Equal(CheckOutcome.Invalid, LinearizabilityChecker.Check(History.FromEvents(events), new KeyValueModel(), limits).Outcome);
    }

    [Fact]
    public void A_cancelled_check_ends_with_an_exception()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => LinearizabilityChecker.Check(ManyAtOnce(20), new RegisterModel(compareAndSet: true), cancellationToken: source.Token));
    }

    [Fact]
    public void A_stale_read_among_many_operations_has_a_witness_of_three()
    {
        var operations = new List<(int, string, int?, long?)>();
        for (var i = 0; i < 50; i++)
        {
            operations.Add((0, "write", i % 5, i % 5));
            operations.Add((1, "read", null, i % 5));
        }
        operations.Add((0, "write", 7, 7));
        operations.Add((1, "read", null, 3));
        var witness = WitnessFinder.Find(Check(Build([.. operations]), "register").Violation!);
        Assert.True(witness.Confirmed);
        Assert.True(witness.Operations.Count <= 3, witness.ToString());
        Assert.Equal(HistoryValue.Of(3), witness.Stuck.Output);
    }

    private static void AssertWitness(Violation violation)
    {
        var witness = WitnessFinder.Find(violation);
        Assert.True(witness.Confirmed, witness.ToString());
        Assert.Contains(witness.Stuck, witness.Operations);
        Assert.All(witness.Longest, o => Assert.Contains(o, witness.Operations));
    }

    private static string Unknown(History history, CheckLimits limits)
    {
        var verdict = LinearizabilityChecker.Check(history, new RegisterModel(compareAndSet: true), limits);
        Assert.Equal(CheckOutcome.Unknown, verdict.Outcome);
        return verdict.Reason;
    }

    private static Verdict Check(History history, string model) => LinearizabilityChecker.Check(history, HistoryModels.Named(model)!);

    private static HistoryEvent Event(HistoryEventType type, long process, string function, HistoryValue value) =>
        new(type, process, function, null, value);

    /// <summary>One operation after another; one without an output stays open.</summary>
    private static History Build(params (int Process, string Function, int? Input, long? Output)[] operations)
    {
        var events = new List<HistoryEvent>();
        foreach (var (process, function, input, output) in operations)
        {
            events.Add(Event(HistoryEventType.Invoke, process, function, input is { } i ? HistoryValue.Of(i) : HistoryValue.Nil));
            if (output is { } o)
                events.Add(Event(HistoryEventType.Ok, process, function, HistoryValue.Of(o)));
        }
        return History.FromEvents(events);
    }

    /// <summary>Writes all at once, one value twice, then a read that none explains: every order must be tried.</summary>
    private static History ManyAtOnce(int count) => History.FromEvents(ManyAtOnceEvents(count));

    private static List<HistoryEvent> ManyAtOnceEvents(int count)
    {
        var events = new List<HistoryEvent>();
        for (var i = 0; i < count; i++)
            events.Add(Event(HistoryEventType.Invoke, i, "write", HistoryValue.Of(Math.Max(i, 1))));
        for (var i = 0; i < count; i++)
            events.Add(Event(HistoryEventType.Ok, i, "write", HistoryValue.Of(Math.Max(i, 1))));
        events.Add(Event(HistoryEventType.Invoke, 0, "read", HistoryValue.Nil));
        events.Add(Event(HistoryEventType.Ok, 0, "read", HistoryValue.Of(-1)));
        return events;
    }

    private sealed class LeapingClock : TimeProvider
    {
        private long now;

        public override long GetTimestamp() => now += TimestampFrequency;
    }
}
