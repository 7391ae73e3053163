using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Witnesses;
using Quorate.Simulation;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Schedules;
using Quorate.Testing.Checks;
using Quorate.Testing.Worlds;

namespace Quorate.Testing.Running;

/// <summary>Runs the world of one seed: sets it up, breaks it, heals it, lets the clients end, and checks.</summary>
internal sealed class WorldRun(string name, Func<TestWorld, Workload> setup, IHistoryCheck? check, RunTimes times)
{
    /// <summary>Runs a seed, or a schedule of one.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="options">How the world behaves, and the schedule where one is replayed.</param>
    /// <param name="look">Is shown the world when all is over; null for nobody.</param>
    public RunOutcome Run(ulong seed, WorldOptions options, Action<World>? look = null)
    {
        using var world = new World(seed, options);
        var test = new TestWorld(world);
        string? violation = null;
        string? undecided = null;
        Func<HistoryDrawing, PageWitness>? draw = null;
        try
        {
            setup(test);
            Drive(test);
            if (check?.Check(test.History.ToHistory()) is { } outcome)
                (violation, undecided, draw) = (outcome.Violation, outcome.Undecided, outcome.Draw);
        }
        catch (SimulationFailedException e)
        {
            violation = e.InnerException is { } cause ? $"{e.Message}\n{cause}" : e.Message;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A check at the end threw, in whatever way the test's framework does.
            violation = e is LivenessException ? e.Message : e.ToString();
        }
        look?.Invoke(world);
        return new RunOutcome(
            violation, undecided, world.ToSchedule(name), test.History.ToEvents(), world.Now, world.Events,
            world.Machines.Count(m => !m.IsClient))
        {
            Draw = draw,
        };
    }

    /// <summary>The outcome of replaying a schedule.</summary>
    public RunOutcome Replay(Schedule schedule, WorldOptions options) => Run(schedule.Seed, options with { Replay = schedule });

    private void Drive(TestWorld test)
    {
        var world = test.World;
        world.Inject(test.Plan);
        world.Run(world.Horizon(times.Faults));
        if (times.Progress > TimeSpan.Zero)
            MakeProgress(test);
        world.Heal();
        test.IsEnding = true;
        if (!world.RunUntil(() => test.HasEnded, times.End))
            throw new LivenessException($"clients did not come to an end within {times.End.TotalSeconds} s of a healed world");
        foreach (var look in test.AtEnd)
            look();
    }

    private void MakeProgress(TestWorld test)
    {
        var core = test.World.HealToCore();
        var before = test.Succeeded;
        if (!test.World.RunUntil(() => test.Succeeded > before || test.HasEnded, times.Progress))
            throw new LivenessException(
                $"no operation succeeded within {times.Progress.TotalSeconds} s after {string.Join(", ", core.Select(m => m.Name))} were healed");
    }
}
