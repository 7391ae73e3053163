using Quorate.Simulation.Schedules;

namespace Quorate.Simulation.Shrinking;

/// <summary>Runs candidates, each several times with other chance, within the limits, and finds the first that fails as the first run did.</summary>
internal sealed class Trials(Func<IReadOnlyList<Schedule>, IReadOnlyList<string?>> run, ShrinkLimits limits, TimeProvider clock)
{
    private readonly long start = clock.GetTimestamp();
    private string kind = "";
    private ulong chances;

    /// <summary>How many runs there were, as if one after another.</summary>
    public int Runs { get; private set; }

    public TimeSpan Elapsed => clock.GetElapsedTime(start);

    public bool IsSpent => Runs >= limits.RunsMax || Elapsed >= limits.TimeMax || limits.Stop.IsCancellationRequested;

    /// <summary>What is failed in from now on, and from which number on other chance is taken.</summary>
    public void Begin(Schedule failing, string violation) => (kind, chances) = (FailureKind.Of(violation), failing.Chance);

    /// <summary>Whether a schedule fails in the same way.</summary>
    public bool FailsAgain(Schedule schedule) => Violates(run([schedule])[0]);

    /// <summary>
    /// The first of the candidates that fails in the same way: in the first round with the chance of the best, in each further one with
    /// another, by the moment, so that less of it changes with what is left out next.
    /// </summary>
    /// <param name="best">What the candidates were made of.</param>
    /// <param name="candidates">They.</param>
    /// <param name="rounds">How often each is tried.</param>
    /// <param name="isAnew">Whether the chance of the best is left out.</param>
    public Failure? First(Schedule best, IReadOnlyList<Schedule> candidates, int rounds, bool isAnew = false)
    {
        var (first, count) = (chances, candidates.Count * rounds);
        for (var at = 0; at < count && !IsSpent; at += limits.Batch)
        {
            var batch = Enumerable.Range(at, Math.Min(limits.Batch, count - at)).Select(Make).ToList();
            var outcomes = run(batch);
            // As many as one after another would have taken: neither limit nor result depends on the batch.
            var found = outcomes.ToList().FindIndex(Violates);
            Runs += found < 0 ? batch.Count : found + 1;
            chances = first + 1 + (ulong)((at + (found < 0 ? batch.Count - 1 : found)) / candidates.Count);
            if (found >= 0)
                return new Failure((at + found) % candidates.Count, batch[found], outcomes[found]!);
        }
        return null;

        Schedule Make(int trial)
        {
            var (round, candidate) = (trial / candidates.Count, candidates[trial % candidates.Count]);
            return round == 0 && !isAnew ? candidate with { Chance = best.Chance, ChanceIsByMoment = best.ChanceIsByMoment }
                : candidate with { Chance = first + (ulong)round + 1, ChanceIsByMoment = true };
        }
    }

    private bool Violates(string? outcome) => outcome is not null && FailureKind.Of(outcome) == kind;

    /// <summary>A candidate that failed.</summary>
    /// <param name="Index">Its place among the candidates.</param>
    /// <param name="Schedule">It, with the chance that it failed with.</param>
    /// <param name="Violation">What it violated.</param>
    public readonly record struct Failure(int Index, Schedule Schedule, string Violation);
}
