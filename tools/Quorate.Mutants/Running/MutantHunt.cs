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
/// <param name="shrinks">Whether the violation of each mutant's first round is shrunk.</param>
internal sealed class MutantHunt(
    MutantProgram program, IReadOnlyList<Mutant> all, int rounds, ulong seedsMax, double secondsMax, bool shrinks)
{
    private const double ShrinkSecondsMax = 60;
    private int done;

    /// <summary>Runs mutants, several rounds at a time, so that no core waits for the last mutant's rounds.</summary>
    /// <param name="mutants">Which.</param>
    /// <param name="jobs">How many at a time.</param>
    /// <param name="cancellationToken">Ends everything.</param>
    public async Task<IReadOnlyList<MutantFigures>> RunAsync(IReadOnlyList<Mutant> mutants, int jobs, CancellationToken cancellationToken)
    {
        var left = new ConcurrentQueue<(Mutant Mutant, int Round)>(mutants.SelectMany(m => Enumerable.Range(0, rounds).Select(r => (m, r))));
        var (count, answers) = (left.Count, mutants.ToDictionary(m => m.Name, _ => new ProbeAnswer[rounds]));
        await Task.WhenAll(Enumerable.Range(0, Math.Min(jobs, count)).Select(async _ =>
        {
            using var probe = new ProbeProcess(program, all);
            while (left.TryDequeue(out var next))
            {
                var answer = answers[next.Mutant.Name][next.Round] = await AskAsync(probe, next.Mutant, next.Round, cancellationToken);
                Tell($"{Interlocked.Increment(ref done)} of {count}", next.Mutant, next.Round, answer);
            }
        }));
        return [.. mutants.Select(m => MutantFigures.Of(m, answers[m.Name]))];
    }

    private Task<ProbeAnswer> AskAsync(ProbeProcess probe, Mutant mutant, int round, CancellationToken cancellationToken)
    {
        var first = ((ulong)round * seedsMax) + 1;
        var shrinkSeconds = shrinks && round == 0 ? ShrinkSecondsMax : 0;
        return probe.AskAsync(
            mutant, mutant.Scenario, new SeedRange(first, first + seedsMax - 1), secondsMax, shrinkSeconds, cancellationToken);
    }

    private void Tell(string place, Mutant mutant, int round, ProbeAnswer answer)
    {
        var shrunk = answer.Shrunk is not { } left ? "" : string.Create(
            CultureInfo.InvariantCulture, $"; shrunk to {left.Events} events in {left.Seconds:0.0} s{(left.IsVerified ? "" : ", NOT VERIFIED")}");
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{place}: {mutant.Name}, round {round + 1} of {rounds}: {(answer.Violation is null ? "not caught in" : "caught after")} "
            + $"{answer.Seeds} seeds, {answer.Seconds:0.0} s{shrunk}"));
    }
}
