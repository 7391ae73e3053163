using Quorate.Cli.Scenarios;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Schedules;

namespace Quorate.Scenarios.Simulation;

/// <summary>What a run decided, written to a file and read again, makes the same run.</summary>
public sealed class ScheduleReplayTests
{
    [Theory]
    [InlineData("raft-kv")]
    [InlineData("raft-liveness")]
    [InlineData("raft-membership")]
    [InlineData("raft-watch")]
    [InlineData("raft-lease")]
    [InlineData("raft-upgrade")]
    [Trait("Speed", "Slow")]
    public void The_schedule_of_a_run_replays_it_step_by_step(string name)
    {
        for (ulong seed = 1; seed <= 3; seed++)
        {
            var run = ScenarioCatalog.Named(name)!.Run(seed);
            Assert.NotEmpty(run.Schedule.Faults);
            var file = ScheduleReader.Parse(ScheduleWriter.ToText(run.Schedule));
            var replay = ScenarioCatalog.Named(name)!.Run(new RunInput(seed, file));
            Assert.Equal((run.TraceHash, run.Simulated), (replay.TraceHash, replay.Simulated));
            Assert.Equal(run.History, replay.History);
            Assert.Equal(ScheduleWriter.ToText(run.Schedule), ScheduleWriter.ToText(replay.Schedule));
        }
    }

    [Theory] // What each scenario does itself to its cluster: kinds of faults, and beginnings of what it orders.
    [InlineData("raft-rivals", "CutWays Crash ClockDrift SlowDisk Hold", "hand-over-")]
    [InlineData("raft-regroup", "CutWays SlowDisk", "change-")]
    [InlineData("raft-lease-reads", "CutWays Crash ClockDrift ClockJump Hold", "read-at- fresh-writer-")]
    [InlineData("raft-damage", "CutWays Crash", "damage-")]
    [InlineData("raft-calm", "", "disturb-")]
    [InlineData("raft-values", "", "rot-")]
    [Trait("Speed", "Slow")]
    public void The_strikes_of_a_scenario_are_in_the_schedule_and_replay(string name, string kinds, string orders)
    {
        var runs = Enumerable.Range(1, 4).Select(seed => ScenarioCatalog.Named(name)!.Run((ulong)seed)).ToList();
        foreach (var kind in kinds.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            Assert.Contains(runs.SelectMany(r => r.Schedule.Faults), f => f.Kind.ToString() == kind);
        foreach (var order in orders.Split(' '))
            Assert.Contains(runs.SelectMany(r => r.Schedule.Operations!), o => o.Client.StartsWith(order, StringComparison.Ordinal));
        foreach (var run in runs)
        {
            var replay = ScenarioCatalog.Named(name)!.Run(new RunInput(run.Seed, ScheduleReader.Parse(ScheduleWriter.ToText(run.Schedule))));
            Assert.Equal(run.History, replay.History);
            Assert.Equal((run.Simulated, run.TraceHash), (replay.Simulated, replay.TraceHash));
            Assert.Equal(ScheduleWriter.ToText(run.Schedule), ScheduleWriter.ToText(replay.Schedule));
        }
    }

    [Theory] // Version 2 had the cuts of these, and nothing else that they do.
    [InlineData("raft-regroup")]
    [InlineData("raft-lease-reads")]
    [InlineData("raft-damage")]
    [InlineData("raft-calm")]
    [Trait("Speed", "Slow")]
    public void A_file_of_version_2_leaves_the_strikes_to_the_seed(string name)
    {
        var run = ScenarioCatalog.Named(name)!.Run(1);
        var old = run.Schedule with
        {
            Version = 2,
            Faults = [.. run.Schedule.Faults.Where(f => f.Kind == FaultKind.CutWays)],
            Operations = [.. run.Schedule.Operations!.Where(o => o.Client.StartsWith("kv-", StringComparison.Ordinal))],
        };
        var replay = ScenarioCatalog.Named(name)!.Run(new RunInput(1, old));
        Assert.Equal((run.Simulated, run.TraceHash), (replay.Simulated, replay.TraceHash));
        Assert.Equal((3, ScheduleWriter.ToText(run.Schedule)), (replay.Schedule.Version, ScheduleWriter.ToText(replay.Schedule)));
    }

    [Theory] // One operation or a few are left out or kept alone.
    [InlineData("raft-calm", "disturb-", 1)]
    [InlineData("raft-regroup", "change-", 1)]
    [InlineData("raft-values", "rot-", 1)]
    [Trait("Speed", "Slow")]
    public void What_a_scenario_orders_can_be_kept_one_by_one(string name, string order, int kept)
    {
        var run = Enumerable.Range(1, 4).Select(seed => ScenarioCatalog.Named(name)!.Run((ulong)seed))
            .First(r => r.Schedule.Operations!.Any(o => o.Client.StartsWith(order, StringComparison.Ordinal)));
        var operations = run.Schedule.Operations!.Where(o => o.Client.StartsWith(order, StringComparison.Ordinal)).Take(kept).ToList();
        var replay = ScenarioCatalog.Named(name)!.Run(new RunInput(run.Seed, run.Schedule with { Faults = [], Operations = operations }));
        Assert.Null(replay.Violation);
        Assert.Equal(operations, replay.Schedule.Operations!);
    }

    [Fact]
    public void A_file_of_version_1_leaves_the_strikes_of_rivals_to_the_seed()
    {
        var run = ScenarioCatalog.Named("raft-rivals")!.Run(1);
        var old = run.Schedule with
        {
            Version = 1,
            Faults = [],
            Operations = [.. run.Schedule.Operations!.Where(o => !o.Client.StartsWith("hand-over-", StringComparison.Ordinal))],
        };
        var replay = ScenarioCatalog.Named("raft-rivals")!.Run(new RunInput(1, old));
        Assert.Equal(run.History, replay.History);
        Assert.Equal(run.TraceHash, replay.TraceHash);
        Assert.Equal((3, ScheduleWriter.ToText(run.Schedule)), (replay.Schedule.Version, ScheduleWriter.ToText(replay.Schedule)));
    }

    [Fact]
    public void A_schedule_without_faults_and_with_one_operation_does_that_one_alone()
    {
        var run = ScenarioCatalog.Named("raft-kv")!.Run(1);
        var one = run.Schedule.Operations!.First(o => !o.Client.EndsWith("-end", StringComparison.Ordinal));
        var replay = ScenarioCatalog.Named("raft-kv")!.Run(new RunInput(1, run.Schedule with { Faults = [], Operations = [one] }));
        Assert.Null(replay.Violation);
        Assert.Equal([one], replay.Schedule.Operations!);
        Assert.Empty(replay.Schedule.Faults);
        Assert.Equal(2, replay.History.Count);
    }

    [Fact]
    public void Other_chance_makes_another_run_of_the_same_schedule()
    {
        var run = ScenarioCatalog.Named("raft-kv")!.Run(1);
        var replay = ScenarioCatalog.Named("raft-kv")!.Run(new RunInput(1, run.Schedule with { Chance = 7 }));
        Assert.NotEqual(run.TraceHash, replay.TraceHash);
        Assert.Equal(run.Schedule.Operations!.Select(o => o.Ordinal).Max(), replay.Schedule.Operations!.Select(o => o.Ordinal).Max());
    }
}
