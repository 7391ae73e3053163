using Quorate.Checking.Histories;
using Quorate.Cli.Drawing;
using Quorate.Simulation;
using Quorate.Simulation.Machines;
using Quorate.Simulation.Tracing;

namespace Quorate.Cli.Lab.Runs;

/// <summary>A recorded world, for its page.</summary>
/// <param name="Caption">What the picture shows, in a line or two.</param>
/// <param name="Record">What happened.</param>
/// <param name="Machines">The machines.</param>
/// <param name="Simulated">How long it ran.</param>
internal sealed record Film(string Caption, RunRecord Record, IReadOnlyList<SimulatedMachine> Machines, TimeSpan Simulated)
{
    /// <summary>What the clients did and saw; nothing where there are none.</summary>
    public IReadOnlyList<HistoryEvent> History { get; init; } = [];

    /// <summary>When the history's clock began.</summary>
    public TimeSpan HistoryBegan { get; init; }

    /// <summary>What a checker said of the history, where one was asked.</summary>
    public CheckedHistory? Check { get; init; }

    /// <summary>Where the page opens; null for the witness, or all of it.</summary>
    public (TimeSpan From, TimeSpan To)? Focus { get; init; }

    /// <summary>A world that was recorded, or null where it was not.</summary>
    public static Film? Of(World world, string caption) =>
        world.Record is { } record ? new Film(caption, record, world.Machines, world.Now) : null;
}
