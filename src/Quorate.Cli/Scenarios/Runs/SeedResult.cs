using Quorate.Checking.Histories;
using Quorate.Simulation.Schedules;

namespace Quorate.Cli.Scenarios.Runs;

/// <summary>What came of a seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Violation">What was broken, or null.</param>
/// <param name="Undecided">Why the check could not decide, or null.</param>
/// <param name="Simulated">How much virtual time passed.</param>
/// <param name="Events">How many events happened.</param>
/// <param name="TraceHash">The hash of all of them.</param>
/// <param name="Metrics">What was counted, by name.</param>
/// <param name="History">What the clients did and saw.</param>
/// <param name="Schedule">What was decided, which replays the run.</param>
/// <param name="Machines">How many machines the cluster had.</param>
/// <param name="Reached">How often each branch that is marked as rare was reached.</param>
/// <param name="Film">What there is to draw, where the run was recorded; else null.</param>
internal sealed record SeedResult(
    ulong Seed,
    string? Violation,
    string? Undecided,
    TimeSpan Simulated,
    long Events,
    ulong TraceHash,
    IReadOnlyDictionary<string, long> Metrics,
    IReadOnlyList<HistoryEvent> History,
    Schedule Schedule,
    int Machines,
    IReadOnlyDictionary<string, long> Reached,
    RunFilm? Film = null);
