using Quorate.Simulation.Schedules;

namespace Quorate.Simulation.Shrinking;

/// <summary>Cuts a failing schedule down to the few faults and operations that it takes to fail in the same way.</summary>
/// <remarks>
/// Guarantee: the result fails with the same kind of violation, seen again at the end; the same runs give the same result, unless the time
/// limit cuts it off. Cost: some hundred runs, each shorter than the first.
/// Fails when: the failing schedule does not fail again when it is replayed: then it is given back, not verified.
/// Source: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", TSE 2002 (delta debugging); Claessen and others,
/// "Finding race conditions in Erlang with QuickCheck and PULSE", ICFP 2009 (repeat what depends on chance).
/// </remarks>
/// <param name="run">Runs schedules, in parallel or not, and says of each what it violated, or null.</param>
/// <param name="limits">When to stop.</param>
/// <param name="clock">What time is measured by.</param>
/// <param name="progress">Told of every smaller schedule and how many runs it took so far; null for nobody.</param>
public sealed class Shrinker(
    Func<IReadOnlyList<Schedule>, IReadOnlyList<string?>> run, ShrinkLimits limits, TimeProvider clock, Action<Schedule, int>? progress = null)
{
    private readonly long start = clock.GetTimestamp();
    private string kind = "";
    private Schedule best = null!;
    private int runs;
    private int tries = 1;
    private ulong chances;

    /// <summary>Shrinks a schedule.</summary>
    /// <param name="failing">The schedule that a failing run recorded.</param>
    /// <param name="violation">What that run violated.</param>
    /// <param name="machines">How many machines its cluster has.</param>
    public ShrinkResult Shrink(Schedule failing, string violation, int machines)
    {
        ArgumentNullException.ThrowIfNull(failing);
        (best, kind, chances) = (failing, FailureKind.Of(violation), failing.Chance);
        if (FirstFailing([failing], 1) is null)
            return Result(isVerified: false, isMinimal: false);
        var isMinimal = false;
        while (!isMinimal && !IsSpent)
        {
            var before = (best.Events, Weight(best));
            Pass(machines);
            var isStuck = before == (best.Events, Weight(best));
            isMinimal = isStuck && tries == limits.TriesMax && !IsSpent;
            if (isStuck)
                tries = Math.Min(tries * 2, limits.TriesMax);
        }
        var smallest = best;
        return Result(Violates(run([smallest])[0]), isMinimal);
    }

    private bool IsSpent => runs >= limits.RunsMax || clock.GetElapsedTime(start) >= limits.TimeMax;

    // How much time a schedule takes and breaks; less is simpler.
    private static TimeSpan Weight(Schedule schedule) =>
        (schedule.Horizon ?? TimeSpan.Zero) + schedule.Faults.Aggregate(TimeSpan.Zero, (sum, f) => sum + f.Duration);

    // First what makes every later run shorter.
    private void Pass(int machines)
    {
        while (TryAny(Candidates.Earlier(best)))
        {
        }
        Reduce(Candidates.Clients, Candidates.WithClients);
        Reduce(s => s.Faults, (s, faults) => s with { Faults = faults });
        if (best.Operations is not null)
            Reduce(s => s.Operations!, (s, operations) => s with { Operations = operations });
        while (TryAny(Candidates.FewerMachines(best, best.Machines ?? machines)))
        {
        }
        while (TryAny(Candidates.FewerTargets(best)) || TryAny(Candidates.Tighter(best)))
        {
        }
        while (TryAny(Candidates.Shorter(best)))
        {
        }
    }

    private bool TryAny(IEnumerable<Schedule> candidates) => Accept(FirstFailing(candidates.ToList(), tries));

    /// <summary>Leaves out ever smaller runs of a list's elements, as long as it goes on failing: delta debugging by complements.</summary>
    private void Reduce<T>(Func<Schedule, IReadOnlyList<T>> get, Func<Schedule, IReadOnlyList<T>, Schedule> set)
    {
        var size = Math.Max(get(best).Count / 2, 1);
        while (!IsSpent && get(best).Count > 0)
        {
            var at = 0;
            while (at < get(best).Count && !IsSpent)
            {
                var list = get(best);
                var starts = Enumerable.Range(0, limits.Batch).Select(i => at + i * size).Where(s => s < list.Count).ToList();
                var candidates = starts.Select(s => set(best, [.. list.Take(s), .. list.Skip(s + size)])).ToList();
                if (FirstFailing(candidates, tries) is { } found)
                {
                    // What was before the gap is needed as long as what is behind it stays: go on behind it.
                    at = starts[found.Index];
                    Accept(found);
                }
                else
                    at += starts.Count * size;
            }
            if (size == 1)
                break;
            size /= 2;
        }
    }

    private bool Accept((int Index, Schedule Schedule)? found)
    {
        if (found is null)
            return false;
        best = found.Value.Schedule;
        progress?.Invoke(best, runs);
        return true;
    }

    /// <summary>The first of the candidates that fails in the same way; in each further round with other chance.</summary>
    private (int Index, Schedule Schedule)? FirstFailing(List<Schedule> candidates, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            var chance = round == 0 ? best.Chance : ++chances;
            for (var at = 0; at < candidates.Count && !IsSpent; at += limits.Batch)
            {
                var batch = candidates.Skip(at).Take(limits.Batch).Select(c => c with { Chance = chance }).ToList();
                var outcomes = run(batch);
                // As many as one after another would have taken: the limit does not depend on the batch.
                var found = outcomes.ToList().FindIndex(Violates);
                runs += found < 0 ? batch.Count : found + 1;
                if (found >= 0)
                    return (at + found, batch[found]);
            }
        }
        return null;
    }

    private bool Violates(string? outcome) => outcome is not null && FailureKind.Of(outcome) == kind;

    private ShrinkResult Result(bool isVerified, bool isMinimal) =>
        new(best, isVerified, isMinimal, runs, clock.GetElapsedTime(start));
}
