using Quorate.Checking.Linearizability;
using Quorate.Simulation.Schedules;
using Quorate.Simulation.Shrinking;
using Quorate.Testing.Checks;
using Quorate.Testing.Reports;
using Quorate.Testing.Running;
using Quorate.Testing.Worlds;

namespace Quorate.Testing;

/// <summary>Worlds to be explored; nothing runs before one of the methods here says what must hold.</summary>
public sealed class Exploration
{
    private readonly string name;
    private readonly Func<TestWorld, Workload> setup;
    private readonly ExploreOptions options;
    private readonly ExploreEnvironment environment;
    private readonly ulong first;
    private readonly ulong last;

    internal Exploration(string name, ulong first, ulong last, Func<TestWorld, Workload> setup, ExploreOptions options)
    {
        this.name = name;
        this.setup = setup;
        this.options = options;
        environment = ExploreEnvironment.Read();
        (this.first, this.last) = environment.Seeds ?? (first, last);
    }

    /// <summary>Explores; what the clients saw must be linearizable.</summary>
    /// <param name="model">What they used.</param>
    /// <exception cref="ExplorationFailedException">A seed failed.</exception>
    public ExploreReport MustBe(IHistoryModel model) => MustBe(new LinearizabilityCheck(model));

    /// <summary>Explores; what the clients saw must pass a check.</summary>
    /// <param name="check">The check.</param>
    /// <exception cref="ExplorationFailedException">A seed failed.</exception>
    public ExploreReport MustBe(IHistoryCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return Explore(check);
    }

    /// <summary>Explores; the world's invariants and the checks at the end must hold, and the clients must come to an end.</summary>
    /// <exception cref="ExplorationFailedException">A seed failed.</exception>
    public ExploreReport MustHold() => Explore(null);

    /// <summary>
    /// Runs each seed twice, and finds the first step that differs: the code that reads the real clock, an order of hashes, static state or
    /// anything else beside the seed. With QUORATE_TRACE=FOLDER a run is compared with that of another process too: the first process
    /// leaves its steps there, the next one compares.
    /// </summary>
    /// <exception cref="ExplorationFailedException">The runs of a seed part; the message names the step and the call site.</exception>
    public ExploreReport MustBeDeterministic()
    {
        var run = new WorldRun(name, setup, null, Times);
        return new DeterminismRuns(name, run, options, environment.Trace).Run(first, last, (outcome, what) =>
            Failure(run, outcome with { Violation = what }, null));
    }

    private RunTimes Times => new(options.FaultTime, options.ProgressMax, options.EndMax);

    private ExploreReport Explore(IHistoryCheck? check)
    {
        var run = new WorldRun(name, setup, check, Times);
        if (environment.Schedule is { } schedule && schedule.Scenario == name)
            return Replay(run, schedule);
        var sweep = new SeedSweep(name, run, options, first, last, environment.TimeMax ?? options.TimeMax);
        return sweep.Run() is { } failure ? throw Failed(run, failure) : sweep.Report;
    }

    private ExploreReport Replay(WorldRun run, Schedule schedule)
    {
        var outcome = run.Replay(schedule, options.World);
        if (outcome.Violation is not null)
            throw Failure(run, outcome with { Schedule = schedule }, null);
        return new ExploreReport(1, 1, Undecided(outcome), true, outcome.Simulated, outcome.Events);
    }

    private static (ulong, string)[] Undecided(RunOutcome outcome) =>
        outcome.Undecided is { } reason ? [(outcome.Schedule.Seed, reason)] : [];

    private ExplorationFailedException Failed(WorldRun run, RunOutcome failure)
    {
        if (options.ShrinkTime <= TimeSpan.Zero)
            return Failure(run, failure, null);
        options.Progress?.WriteLine($"{name}: seed {failure.Schedule.Seed} failed; shrinking {failure.Schedule.Events} events");
        var limits = new ShrinkLimits { TimeMax = options.ShrinkTime, Batch = options.Jobs };
        var shrinker = new Shrinker(
            schedules => ParallelRuns.All(schedules, options.Jobs, s => run.Replay(s, options.World).Violation), limits, TimeProvider.System);
        var shrunk = shrinker.Shrink(failure.Schedule, failure.Violation!, failure.Machines);
        return shrunk.IsVerified ? Failure(run, run.Replay(shrunk.Schedule, options.World), shrunk) : Failure(run, failure, null);
    }

    private ExplorationFailedException Failure(WorldRun run, RunOutcome outcome, ShrinkResult? shrunk)
    {
        var schedule = shrunk?.Schedule ?? outcome.Schedule;
        var failed = new FailedRun(name, outcome.Violation ?? "no violation", schedule, outcome.History, (change, look) =>
            run.Run(schedule.Seed, change(options.World) with { Replay = schedule }, look))
        {
            Draw = outcome.Draw,
        };
        var message = FailureReport.Write(failed, shrunk, environment.Output ?? options.Output, options.Artifacts);
        return new ExplorationFailedException(message, failed);
    }
}
