namespace Quorate.Runtime.Strands;

/// <summary>
/// Lets a pool thread that ends a wait (a socket became readable, say) run the strand that it woke by itself, instead of queueing
/// it to the pool: one thread hop less on the path of every message.
/// </summary>
internal static class HandOver
{
    // The strand that this thread runs when its own piece of work is done; only while depth > 0.
    [ThreadStatic]
    private static PoolStrand? Next;

    [ThreadStatic]
    private static bool Open;

    /// <summary>Runs a piece of work on a pool thread, then the first idle strand that it posted to.</summary>
    public static void Run(Action work)
    {
        if (Open)
        {
            work();
            return;
        }

        Open = true;
        try
        {
            work();
        }
        finally
        {
            Open = false;
            var next = Next;
            Next = null;
            next?.Drain();
        }
    }

    /// <summary>Gets an idle strand going.</summary>
    public static void Schedule(PoolStrand strand)
    {
        if (Open && Next is null)
            Next = strand;
        else
            ThreadPool.UnsafeQueueUserWorkItem(strand, preferLocal: false);
    }
}
