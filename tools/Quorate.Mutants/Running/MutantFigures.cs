namespace Quorate.Mutants.Running;

/// <summary>What came of a mutant over several rounds, each with seeds of its own.</summary>
/// <param name="Mutant">Its name.</param>
/// <param name="Group">What it is a bug of.</param>
/// <param name="Title">What is wrong.</param>
/// <param name="Scenario">The scenario.</param>
/// <param name="Rounds">How many rounds there were.</param>
/// <param name="Killed">In how many of them it was caught.</param>
/// <param name="Seeds">The median of the seeds until it was caught; null where it was not in the median round.</param>
/// <param name="SeedsWorst">The most seeds of a round; null where it was not caught in one.</param>
/// <param name="Seconds">The median of the processor seconds.</param>
/// <param name="Violation">What the first round that caught it saw, in a line.</param>
/// <param name="Shrunk">What the violation of the first round was cut down to; null where it was not asked for, or there was none.</param>
internal sealed record MutantFigures(
    string Mutant, string Group, string Title, string Scenario, int Rounds, int Killed, ulong? Seeds, ulong? SeedsWorst, double Seconds,
    string? Violation, ShrunkRun? Shrunk)
{
    /// <summary>Whether it was not caught in the median round.</summary>
    public bool Survives => Seeds is null;

    /// <summary>Sums up rounds. With an even number of them the median is the larger of the two in the middle.</summary>
    /// <param name="mutant">The mutant.</param>
    /// <param name="rounds">What came of each.</param>
    public static MutantFigures Of(Edits.Mutant mutant, IReadOnlyList<ProbeAnswer> rounds)
    {
        var seeds = rounds.Select(r => r.Violation is null ? ulong.MaxValue : r.Seeds).Order().ToList();
        var seconds = rounds.Select(r => r.Violation is null ? double.PositiveInfinity : r.Seconds).Order().ToList();
        var spent = seconds[seconds.Count / 2];
        return new MutantFigures(
            mutant.Name, mutant.Group, mutant.Title, mutant.Scenario, rounds.Count, rounds.Count(r => r.Violation is not null),
            seeds[seeds.Count / 2] is var median and < ulong.MaxValue ? median : null,
            seeds[^1] is var worst and < ulong.MaxValue ? worst : null,
            double.IsFinite(spent) ? spent : rounds.Max(r => r.Seconds),
            rounds.FirstOrDefault(r => r.Violation is not null)?.Violation!.Split('\n')[0].Trim(),
            rounds[0].Shrunk);
    }
}
