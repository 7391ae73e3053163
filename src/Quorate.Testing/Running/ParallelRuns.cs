namespace Quorate.Testing.Running;

/// <summary>Runs worlds on several threads; a world has a thread to itself, and none of the pool's.</summary>
public static class ParallelRuns
{
    /// <summary>Runs every item and returns what came of each, in the order of the items.</summary>
    /// <param name="items">What to run.</param>
    /// <param name="jobs">How many at once, at most.</param>
    /// <param name="run">Runs one.</param>
    /// <exception cref="AggregateException">Runs threw; all of them have ended.</exception>
    public static IReadOnlyList<TOut> All<TIn, TOut>(IReadOnlyList<TIn> items, int jobs, Func<TIn, TOut> run)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentOutOfRangeException.ThrowIfLessThan(jobs, 1);
        var results = new TOut[items.Count];
        var taken = -1;
        Threads(Math.Min(jobs, items.Count), () =>
        {
            for (var i = Interlocked.Increment(ref taken); i < items.Count; i = Interlocked.Increment(ref taken))
                results[i] = run(items[i]);
        });
        return results;
    }

    /// <summary>Runs the same work on so many threads and waits for all of them.</summary>
    /// <param name="count">How many; with one it runs on the caller's.</param>
    /// <param name="work">The work.</param>
    public static void Threads(int count, Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var failures = new List<Exception>();
        var threads = Enumerable.Range(1, Math.Max(count - 1, 0)).Select(_ => new Thread(Guarded)).ToList();
        threads.ForEach(t => t.Start());
        Guarded();
        threads.ForEach(t => t.Join());
        if (failures.Count > 0)
            throw new AggregateException(failures);

        void Guarded()
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                lock (failures)
                    failures.Add(e);
            }
        }
    }
}
