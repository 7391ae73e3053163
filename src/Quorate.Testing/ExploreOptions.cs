using Quorate.Simulation;
using Quorate.Simulation.Ordering;
using Quorate.Testing.Reports;

namespace Quorate.Testing;

/// <summary>How an exploration runs.</summary>
/// <remarks>
/// The environment goes before all of it: QUORATE_SEEDS=A..B or N runs those seeds, QUORATE_SECONDS=N bounds the time, QUORATE_OUTPUT=FOLDER
/// is where files go, QUORATE_SCHEDULE=FILE replays a schedule of the exploration that it names.
/// </remarks>
public sealed record ExploreOptions
{
    /// <summary>How the world behaves before any fault. Default: a fast network and healthy disks.</summary>
    public WorldOptions World { get; init; } = new();

    /// <summary>For how much simulated time faults are injected. Default 20 s.</summary>
    public TimeSpan FaultTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Within how much simulated time an operation must succeed once a majority of the machines is healed, and a minority not; zero, the
    /// default, where nothing is promised.
    /// </summary>
    public TimeSpan ProgressMax { get; init; }

    /// <summary>Within how much simulated time the clients must end once all is healed. Default 60 s.</summary>
    public TimeSpan EndMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many seeds run at once. Default: one a core.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>How much real time may pass; then no further seed is begun. Default: no bound.</summary>
    public TimeSpan TimeMax { get; init; } = TimeSpan.MaxValue;

    /// <summary>How much real time shrinking may take; zero is no shrinking. Default 30 s.</summary>
    public TimeSpan ShrinkTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// In which order strands take turns in each seed. Default: drawn, and in every fourth seed by priorities, which finds bugs of few
    /// changes of turn with a bound on the chance.
    /// </summary>
    public Func<ulong, StepOrder> Order { get; init; } = static seed => seed % 4 == 0 ? StepOrder.Priorities() : StepOrder.Drawn;

    /// <summary>
    /// Where not 0, all orders of this many choices are tried for each seed, one run after another: for small worlds. Default 0.
    /// </summary>
    public int ExhaustiveDepth { get; init; }

    /// <summary>With <see cref="ExhaustiveDepth"/>: how far apart events may be and still come in either order. Default 0.</summary>
    public TimeSpan ExhaustiveWindow { get; init; }

    /// <summary>With <see cref="ExhaustiveDepth"/>: the most runs a seed. Default 100,000.</summary>
    public int ExhaustiveRunsMax { get; init; } = 100_000;

    /// <summary>Where files about a failure go. Default: <c>quorate-failures</c> beside the test's assembly.</summary>
    public string Output { get; init; } = Path.Combine(AppContext.BaseDirectory, "quorate-failures");

    /// <summary>What is written about a failure. Default: the schedule, the history, and a page that draws the run.</summary>
    public IReadOnlyList<IFailureArtifact> Artifacts { get; init; } = [new ScheduleArtifact(), new HistoryArtifact(), new PageArtifact()];

    /// <summary>Told every few seconds how far it is; null for nobody. Default: the error stream.</summary>
    public TextWriter? Progress { get; init; } = Console.Error;
}
