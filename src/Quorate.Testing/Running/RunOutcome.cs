using Quorate.Checking.Histories;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Witnesses;
using Quorate.Simulation.Schedules;

namespace Quorate.Testing.Running;

/// <summary>What came of one run.</summary>
/// <param name="Violation">What was violated, for people; its first line names the kind. Null where nothing was.</param>
/// <param name="Undecided">Why the check could not decide, or null.</param>
/// <param name="Schedule">What was decided in it, which replays it.</param>
/// <param name="History">What the clients did and saw.</param>
/// <param name="Simulated">How much virtual time passed.</param>
/// <param name="Events">How many events happened.</param>
/// <param name="Machines">How many machines there were that are no clients.</param>
public sealed record RunOutcome(
    string? Violation,
    string? Undecided,
    Schedule Schedule,
    IReadOnlyList<HistoryEvent> History,
    TimeSpan Simulated,
    long Events,
    int Machines)
{
    /// <summary>Draws what shows the violation into the drawn history, or null.</summary>
    public Func<HistoryDrawing, PageWitness>? Draw { get; init; }
}
