using System.Collections.Concurrent;
using Quorate.Kernel.Strands;

namespace Quorate.Runtime.Strands;

/// <summary>
/// A strand on the thread pool. It is queued to the pool at most once at a time: the poster that finds it idle queues it, and the pool
/// thread that runs it drains what was posted.
/// </summary>
/// <remarks>
/// Guarantee: as <see cref="Strand"/>. Work posted from the strand itself runs in the same drain, without a hand-over.
/// Cost: one slot of a lock-free queue a post, and one pool hand-over when the strand was idle.
/// </remarks>
internal sealed class PoolStrand(string name, FailSwitch failSwitch) : Strand, IThreadPoolWorkItem
{
    // A drain gives its thread back after this many pieces, so that strands share the pool fairly.
    private const int DrainMax = 256;

    private readonly ConcurrentQueue<Work> queue = new();

    // The first piece that leaves in this drain, which may well be the only one. Only touched on the strand.
    private Work leaving;
    private bool manyLeave;

    // 1 while the strand is queued to the pool or runs; whoever turns it from 0 to 1 queues the strand.
    private int scheduled;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        queue.Enqueue(new Work(d, state));
        if (Volatile.Read(ref scheduled) == 0 && Interlocked.Exchange(ref scheduled, 1) == 0)
            HandOver.Schedule(this);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// One alone goes on on this thread, which is awake. Several go to the pool: in a row behind the drain they would keep each other
    /// waiting, and measured no less CPU.
    /// </remarks>
    public override void Leave(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        if (!manyLeave && leaving.Callback is null)
        {
            leaving = new Work(d, state);
            return;
        }

        manyLeave = true;
        if (leaving.Callback is not null)
            QueueToPool(leaving);
        leaving = default;
        QueueToPool(new Work(d, state));
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => Drain();

    /// <inheritdoc/>
    public override string ToString() => $"strand '{name}'";

    internal void Drain()
    {
        var outer = Current;
        for (var i = 0; i < DrainMax && queue.TryDequeue(out var work); i++)
            Run(work);
        SetSynchronizationContext(outer);
        var left = leaving;
        (leaving, manyLeave) = (default, false);
        Interlocked.Exchange(ref scheduled, 0);
        // A poster that came between the last dequeue and the exchange saw 1 and left the hand-over to us.
        if (!queue.IsEmpty && Interlocked.Exchange(ref scheduled, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        left.Callback?.Invoke(left.State);
    }

    private static void QueueToPool(in Work work) =>
        ThreadPool.UnsafeQueueUserWorkItem(static gone => gone.Callback(gone.State), work, preferLocal: true);

    private void Run(in Work work)
    {
        if (failSwitch.IsTurned)
            return;
        if (!ReferenceEquals(Current, this))
            SetSynchronizationContext(this);
        try
        {
            work.Callback(work.State);
        }
        catch (Exception e)
        {
            failSwitch.Turn(new StrandFailedException(name, e));
        }
    }

    private readonly record struct Work(SendOrPostCallback Callback, object? State);
}
