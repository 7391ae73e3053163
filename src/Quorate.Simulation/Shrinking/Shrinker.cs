using Quorate.Simulation.Schedules;

namespace Quorate.Simulation.Shrinking;

/// <summary>Cuts a failing schedule down to the few faults and operations that it takes to fail in the same way.</summary>
/// <remarks>
/// Guarantee: the result fails with the same kind of violation, seen again at the end; the same runs give the same result, unless the time
/// limit cuts it off. Cost: some hundred to some thousand runs, nearly all of them much shorter than the first.
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
    // How many parts a run is cut into to find the short stretch of it that fails.
    private const int WindowPartsMax = 16;

    // How many faults that follow each other are tried alone.
    private const int BurstMax = 3;
    private const int BisectionsMax = 10;

    // How often a chance by the moment is looked for, for each try of a candidate.
    private const int SettlingTries = 2;
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(100);
    private readonly Trials trials = new(run, limits, clock);
    private Schedule best = null!;
    private int clusterSize;
    private int parts = 2;
    private int effort = 1;

    // How much more often short stretches are tried: doubled by every pass that changes nothing.
    private double patience = 1;

    /// <summary>Shrinks a schedule.</summary>
    /// <param name="failing">The schedule that a failing run recorded.</param>
    /// <param name="violation">What that run violated.</param>
    /// <param name="machines">How many machines its cluster has.</param>
    public ShrinkResult Shrink(Schedule failing, string violation, int machines)
    {
        ArgumentNullException.ThrowIfNull(failing);
        (best, clusterSize) = (failing, machines);
        trials.Begin(failing, violation);
        if (trials.First(failing, [failing], 1) is not { } first)
            return Result(isVerified: false, isMinimal: false);
        Take(first);
        Bisect();
        Settle();
        var isMinimal = false;
        while (!isMinimal && !trials.IsSpent)
        {
            var before = (best.Events, Weight(best));
            Pass();
            if (before != (best.Events, Weight(best)))
            {
                patience = 1;
                continue;
            }
            patience *= 2;
            // Nothing came of large pieces: smaller ones, and when there are none, more tries.
            if (!IsFine)
                parts *= 2;
            else if (effort < limits.TriesMax)
                (effort, parts) = (effort * 4, 2);
            else
                isMinimal = !trials.IsSpent;
        }
        return Result(trials.FailsAgain(best), isMinimal);
    }

    private bool IsFine => parts >= Math.Max(best.Faults.Count, best.Operations?.Count ?? 0);

    // How much time a schedule takes and breaks; less is simpler.
    private static TimeSpan Weight(Schedule schedule) =>
        (schedule.Horizon ?? TimeSpan.Zero) + schedule.Faults.Aggregate(TimeSpan.Zero, (sum, f) => sum + f.Duration);

    // First what makes every later run cheaper.
    private void Pass()
    {
        Bisect();
        while (TryWindows())
            Bisect();
        while (TryAny(Candidates.FewerMachines(best, best.Machines ?? clusterSize), 0.5))
        {
        }
        if (best.Operations is not null)
            Reduce(Candidates.Clients, Candidates.WithClients);
        Reduce(Candidates.Kinds, Candidates.WithKinds);
        Reduce(s => s.Faults, (s, faults) => s with { Faults = faults });
        if (best.Operations is not null)
            Reduce(s => s.Operations!, (s, operations) => s with { Operations = operations });
        if (!IsFine)
            return;
        while (TryAny(Candidates.FewerTargets(best), 0) || TryAny(Candidates.Tighter(best), 0))
        {
        }
        while (TryAny(Candidates.Shorter(best), 0))
        {
        }
    }

    /// <summary>
    /// Ends the run as early as it still fails. What comes before the new end stays as it was to the last step, so one try tells; most of
    /// what follows asks for what happened just before the failure.
    /// </summary>
    private void Bisect()
    {
        var early = TimeSpan.Zero;
        for (var i = 0; i < BisectionsMax && best.Horizon is { } horizon && horizon - early > Grain; i++)
        {
            var middle = early + (horizon - early) / 2;
            if (!Accept(trials.First(best, [Candidates.Until(best, middle)], 1)))
                early = middle;
        }
    }

    /// <summary>
    /// Looks for a chance by the moment with which all of it fails: from then on, what is left out changes less of the rest. Where none is
    /// found soon, the chance stays as it is.
    /// </summary>
    private void Settle() => Accept(trials.First(best, [best], SettlingTries * limits.TriesMax, isAnew: true));

    /// <summary>Keeps a short last stretch of the run alone, the shortest first, or the last few faults and what is about them.</summary>
    private bool TryWindows()
    {
        for (var count = WindowPartsMax; count > 1; count /= 2)
        {
            if (TryShort(Candidates.Window(best, count), 2))
                return true;
        }
        for (var count = 1; count <= Math.Min(BurstMax, best.Faults.Count - 1); count++)
        {
            if (TryShort(Candidates.Bursts(best, count), 0.5))
                return true;
        }
        return false;
    }

    private bool TryAny(IEnumerable<Schedule> candidates, double gain) => Accept(trials.First(best, [.. candidates], Tries(gain)));

    // What runs for a tenth of the time is worth ten times as many tries, once nothing else comes of any.
    private bool TryShort(IEnumerable<Schedule> candidates, double gain)
    {
        var shorter = candidates.ToList();
        if (shorter.Count == 0 || best.Horizon is not { } whole || shorter.Max(s => s.Horizon) is not { } longest || longest <= TimeSpan.Zero)
            return TryAny(shorter, gain);
        var more = Math.Clamp(whole / longest, 1, patience);
        return Accept(trials.First(best, shorter, (int)(Tries(gain) * more)));
    }

    // A candidate that leaves out half of all is worth more tries than one without one operation of hundreds.
    private int Tries(double gain) => Math.Clamp((int)(effort * gain * limits.TriesMax / 4), Math.Min(effort, limits.TriesMax), limits.TriesMax);

    /// <summary>Leaves out ever smaller runs of a list's elements, as long as it goes on failing: delta debugging by complements.</summary>
    private void Reduce<T>(Func<Schedule, IReadOnlyList<T>> get, Func<Schedule, IReadOnlyList<T>, Schedule> set)
    {
        var size = get(best).Count;
        while (!trials.IsSpent && get(best).Count > 0)
        {
            ReduceBy(size, get, set);
            if (size == 1 || size <= get(best).Count / parts)
                break;
            size = Math.Max(Math.Min(size, get(best).Count) / 2, 1);
        }
    }

    private void ReduceBy<T>(int size, Func<Schedule, IReadOnlyList<T>> get, Func<Schedule, IReadOnlyList<T>, Schedule> set)
    {
        var at = 0;
        while (at < get(best).Count && !trials.IsSpent)
        {
            var list = get(best);
            var starts = Enumerable.Range(0, limits.Batch).Select(i => at + i * size).Where(s => s < list.Count).ToList();
            var candidates = starts.Select(s => set(best, [.. list.Take(s), .. list.Skip(s + size)])).ToList();
            if (trials.First(best, candidates, Tries((double)size / list.Count)) is { } found)
            {
                // What was before the gap is needed as long as what is behind it stays: go on behind it.
                at = starts[found.Index];
                Accept(found);
            }
            else
                at += starts.Count * size;
        }
    }

    private bool Accept(Trials.Failure? found)
    {
        if (found is null)
            return false;
        Take(found.Value);
        progress?.Invoke(best, trials.Runs);
        return true;
    }

    // What comes after the moment of the failure has no part in it.
    private void Take(Trials.Failure found)
    {
        var moment = FailureKind.MomentOf(found.Violation);
        best = moment is { } end ? Candidates.Until(found.Schedule, end) : found.Schedule;
    }

    private ShrinkResult Result(bool isVerified, bool isMinimal) => new(best, isVerified, isMinimal, trials.Runs, trials.Elapsed);
}
