namespace Quorate.Testing;

/// <summary>What an exploration did, when it found nothing.</summary>
/// <param name="Seeds">How many seeds were run.</param>
/// <param name="Runs">How many runs that took: more than seeds where orders are tried exhaustively.</param>
/// <param name="Undecided">The seeds of which a check could not decide, and why.</param>
/// <param name="IsComplete">Whether all seeds were run, and all orders that were asked for; false where a bound came first.</param>
/// <param name="Simulated">How much virtual time passed.</param>
/// <param name="Events">How many events happened.</param>
public sealed record ExploreReport(
    int Seeds, long Runs, IReadOnlyList<(ulong Seed, string Reason)> Undecided, bool IsComplete, TimeSpan Simulated, long Events);
