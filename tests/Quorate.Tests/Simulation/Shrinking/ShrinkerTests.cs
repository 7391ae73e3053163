using Quorate.Simulation.Faults;
using Quorate.Simulation.Schedules;
using Quorate.Simulation.Shrinking;

namespace Quorate.Tests.Simulation.Shrinking;

public sealed class ShrinkerTests
{
    private const string Wrong = "the history is wrong at 7";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void It_leaves_what_is_needed_and_nothing_else(int batch)
    {
        var shrunk = Shrink(Needs, new ShrinkLimits { Batch = batch });
        Assert.True(shrunk.IsVerified && shrunk.IsMinimal);
        Assert.Equal(["n3", "n7"], shrunk.Schedule.Faults.Select(f => f.Targets[0]));
        Assert.Equal([("a", 4), ("b", 9)], shrunk.Schedule.Operations!.Select(o => (o.Client, o.Ordinal)));
        Assert.All(shrunk.Schedule.Faults, f => Assert.True(f.Duration < TimeSpan.FromMilliseconds(20)));
        Assert.Equal(7, shrunk.Schedule.Machines);
        Assert.True(shrunk.Schedule.Horizon < TimeSpan.FromSeconds(12));
    }

    [Fact]
    public void The_batch_changes_nothing_of_the_result()
    {
        var one = Shrink(Needs, new ShrinkLimits());
        var many = Shrink(Needs, new ShrinkLimits { Batch = 5 });
        Assert.Equal(ScheduleWriter.ToText(one.Schedule), ScheduleWriter.ToText(many.Schedule));
    }

    [Fact]
    public void Another_kind_of_failure_is_not_followed()
    {
        // With few operations something else breaks: that must not be what is left.
        var shrunk = Shrink(s => s.Operations!.Count < 5 ? "another thing broke" : Needs(s), new ShrinkLimits());
        Assert.Equal(5, shrunk.Schedule.Operations!.Count);
        Assert.True(shrunk.IsVerified);
    }

    [Fact]
    public void What_fails_by_chance_is_tried_with_other_chance()
    {
        var shrunk = Shrink(
            s => Needs(s) is { } wrong && (s.Chance + (ulong)s.Events) % 3 == 0 ? wrong : null, new ShrinkLimits());
        Assert.True(shrunk.IsVerified);
        Assert.InRange(shrunk.Schedule.Events, 4, 6);
    }

    [Fact]
    public void A_run_that_does_not_fail_again_is_given_back_unverified()
    {
        var shrunk = Shrink(_ => null, new ShrinkLimits());
        Assert.False(shrunk.IsVerified);
        Assert.Equal(Full().Events, shrunk.Schedule.Events);
    }

    [Fact]
    public void It_stops_at_its_limit_of_runs_with_what_it_has()
    {
        var shrunk = Shrink(Needs, new ShrinkLimits { RunsMax = 60 });
        Assert.True(shrunk.IsVerified);
        Assert.False(shrunk.IsMinimal);
        Assert.InRange(shrunk.Runs, 60, 61);
        Assert.InRange(shrunk.Schedule.Events, 5, Full().Events - 1);
    }

    [Fact]
    public void What_comes_after_a_failure_that_ends_the_run_goes_without_a_try()
    {
        const string Broken = "Seed 1 failed at 00:00:09.0000000, event 7: it broke";
        var shrunk = new Shrinker(all => [.. all.Select(_ => Broken)], new ShrinkLimits { RunsMax = 1 }, TimeProvider.System)
            .Shrink(Full(), Broken, machines: 9);
        Assert.Equal(TimeSpan.FromSeconds(9), shrunk.Schedule.Horizon);
        Assert.Equal(10, shrunk.Schedule.Faults.Count);
        Assert.Equal(9, shrunk.Schedule.Operations!.Max(o => o.At.TotalSeconds));
    }

    [Fact]
    public void The_end_of_a_run_is_found_by_halving_with_the_chance_that_it_failed_with()
    {
        // It broke at 7 seconds, by a chance that no other run has.
        var runs = new List<Schedule>();
        var shrunk = Shrink(s => Note(s) is { Chance: 0, ChanceIsByMoment: false } && s.Horizon > TimeSpan.FromSeconds(7) ? Wrong : null,
            new ShrinkLimits { RunsMax = 12 });
        Assert.True(shrunk.IsVerified);
        Assert.InRange(shrunk.Schedule.Horizon!.Value.TotalSeconds, 7, 7.2);
        Assert.Equal(shrunk.Schedule.Faults.Count(f => f.At <= shrunk.Schedule.Horizon), shrunk.Schedule.Faults.Count);
        Assert.All(runs.Take(10), r => Assert.Equal(0UL, r.Chance));

        Schedule Note(Schedule s)
        {
            runs.Add(s);
            return s;
        }
    }

    [Fact]
    public void Chance_by_the_moment_is_taken_once_a_run_fails_with_it()
    {
        var shrunk = Shrink(s => s.Chance == 0 || s.Chance % 7 == 3 ? Needs(s) : null, new ShrinkLimits());
        Assert.True(shrunk.IsVerified && shrunk.Schedule.ChanceIsByMoment);
        Assert.Equal(3UL, shrunk.Schedule.Chance % 7);
        Assert.Equal(4, shrunk.Schedule.Events);
    }

    [Fact]
    public void It_stops_when_it_is_asked_to()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var shrunk = Shrink(Needs, new ShrinkLimits { Stop = stop.Token });
        Assert.Equal((false, Full().Events), (shrunk.IsMinimal, shrunk.Schedule.Events));
    }

    [Theory]
    [InlineData("Seed 2 failed at 00:00:04.58, event 3312: machine 'n1' stopped itself: E: no (x > 1)", "machine  stopped itself: E: no")]
    [InlineData("the history is not linearizable\nkey \"c\"", "the history is not linearizable")]
    [InlineData("event 3 of watcher 2 is (4, put k)", "event  of watcher  is")]
    public void The_kind_of_a_failure_is_its_message_without_what_differs_from_run_to_run(string message, string kind) =>
        Assert.Equal(kind, FailureKind.Of(message));

    private static ShrinkResult Shrink(Func<Schedule, string?> run, ShrinkLimits limits, Schedule? from = null) =>
        new Shrinker(all => [.. all.Select(run)], limits, TimeProvider.System).Shrink(from ?? Full(), Wrong, machines: 9);

    private static Schedule Full() => new("s", 1)
    {
        Horizon = TimeSpan.FromSeconds(40),
        Faults = [.. Enumerable.Range(0, 30).Select(i => new FaultAction(FaultKind.Pause, TimeSpan.FromSeconds(i), TimeSpan.FromSeconds(3))
        {
            Targets = [$"n{i % 10}"],
            Amount = i,
        })],
        Operations = [.. "abc".SelectMany(c => Enumerable.Range(0, 20).Select(i => new OperationStart($"{c}", i, TimeSpan.FromSeconds(i))))],
    };

    // Fails where two faults and two operations are there, and seven machines.
    private static string? Needs(Schedule s) =>
        s.Faults.Any(f => f.Targets[0] == "n3") && s.Faults.Any(f => f.Targets[0] == "n7") && (s.Machines ?? 9) >= 7
        && s.Operations!.Any(o => o is { Client: "a", Ordinal: 4 }) && s.Operations!.Any(o => o is { Client: "b", Ordinal: 9 })
            ? $"the history is wrong at {s.Events}" : null;
}
