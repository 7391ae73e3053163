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

    // A strike that is ended early is known by then only to last so long: the notes of the trace differ, and nothing that happens does.
    [Fact]
    public void The_strikes_of_rivals_are_in_the_schedule_and_replay()
    {
        for (ulong seed = 1; seed <= 3; seed++)
        {
            var run = ScenarioCatalog.Named("raft-rivals")!.Run(seed);
            Assert.Contains(run.Schedule.Faults, f => f.Kind == FaultKind.CutWays);
            Assert.Contains(run.Schedule.Faults, f => f.Kind == FaultKind.Crash);
            Assert.Contains(run.Schedule.Operations!, o => o.Client.StartsWith("hand-over-", StringComparison.Ordinal));
            var replay = ScenarioCatalog.Named("raft-rivals")!.Run(new RunInput(seed, ScheduleReader.Parse(ScheduleWriter.ToText(run.Schedule))));
            Assert.Equal(run.History, replay.History);
            Assert.Equal(run.Simulated, replay.Simulated);
            Assert.Equal(ScheduleWriter.ToText(run.Schedule), ScheduleWriter.ToText(replay.Schedule));
        }
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
        Assert.Equal((2, ScheduleWriter.ToText(run.Schedule)), (replay.Schedule.Version, ScheduleWriter.ToText(replay.Schedule)));
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
