using Quorate.Simulation.Schedules;

namespace Quorate.Simulation.Shrinking;

/// <summary>What came of a shrinking.</summary>
/// <param name="Schedule">The smallest schedule that was found; the failing one itself where it did not fail again.</param>
/// <param name="IsVerified">Whether that schedule was run once more at the end and failed in the same way.</param>
/// <param name="IsMinimal">Whether nothing more could be left out; false where a limit came first.</param>
/// <param name="Runs">How many runs it took.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record ShrinkResult(Schedule Schedule, bool IsVerified, bool IsMinimal, int Runs, TimeSpan Elapsed);
