using System.Collections.Concurrent;
using System.Globalization;
using Quorate.Mutants.Building;
using Quorate.Mutants.Edits;

namespace Quorate.Mutants.Running;

/// <summary>Runs every mutant for several rounds, each with seeds that no other round has, until one of them shows a violation.</summary>
/// <param name="program">The program with the mutants.</param>
/// <param name="all">All mutants in it.</param>
/// <param name="rounds">How many rounds.</param>
/// <param name="seedsMax">The most seeds of a round.</param>
/// <param name="secondsMax">Processor seconds after which a round begins no further seed.</param>
internal sealed class MutantHunt(MutantProgram program, IReadOnlyList<Mutant> all, int rounds, ulong seedsMax, double secondsMax)
{
    /// <summary>Runs mutants, several at a time.</summary>
    /// <param name="mutants">Which.</param>
    /// <param name="jobs">How many at a time.</param>
    /// <param name="cancellationToken">Ends everything.</param>
    public async Task<IReadOnlyList<MutantFigures>> RunAsync(IReadOnlyList<Mutant> mutants, int jobs, CancellationToken cancellationToken)
    {
        var left = new ConcurrentQueue<Mutant>(mutants);
        var figures = new ConcurrentDictionary<string, MutantFigures>();
        await Task.WhenAll(Enumerable.Range(0, Math.Min(jobs, mutants.Count)).Select(async _ =>
        {
            using var probe = new ProbeProcess(program, all);
            while (left.TryDequeue(out var mutant))
            {
                var found = figures[mutant.Name] = MutantFigures.Of(mutant, await RunAsync(probe, mutant, cancellationToken));
                Tell(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{figures.Count} of {mutants.Count}: {found.Mutant}: caught in {found.Killed} of {found.Rounds} rounds, "
                    + $"after {Text(found.Seeds)} seeds and {found.Seconds:0.0} s in the median"));
            }
        }));
        return [.. mutants.Select(m => figures[m.Name])];
    }

    private static string Text(ulong? seeds) => seeds?.ToString(CultureInfo.InvariantCulture) ?? "more than all";

    private static void Tell(string text) => Console.Error.WriteLine(text);

    private async Task<List<ProbeAnswer>> RunAsync(ProbeProcess probe, Mutant mutant, CancellationToken cancellationToken)
    {
        var answers = new List<ProbeAnswer>();
        for (ulong round = 0; round < (ulong)rounds; round++)
        {
            var seeds = new SeedRange((round * seedsMax) + 1, (round + 1) * seedsMax);
            var answer = await probe.AskAsync(mutant, mutant.Scenario, seeds, secondsMax, cancellationToken);
            answers.Add(answer);
            Tell(string.Create(
                CultureInfo.InvariantCulture,
                $"  {mutant.Name}, round {round + 1} of {rounds}: {(answer.Violation is null ? "not caught in" : "caught after")} "
                + $"{answer.Seeds} seeds, {answer.Seconds:0.0} s"));
        }

        return answers;
    }
}
