using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Networks;

/// <summary>
/// Callers that wait for the next of something, first come first served. Waits are reused, so that one costs no allocation.
/// </summary>
internal sealed class WaiterQueue<T>
{
    private readonly Queue<Waiter> waiting = new();
    private readonly Stack<Waiter> idle = new();

    public ValueTask<T> WaitAsync(CancellationToken cancellationToken)
    {
        // A caller that gave up leaves its place in the queue behind; those at the front go now.
        while (waiting.TryPeek(out var front) && front.IsTaken)
            Remove().Free();
        var waiter = idle.TryPop(out var used) ? used : new Waiter(this);
        waiting.Enqueue(waiter);
        waiter.Watch(cancellationToken);
        return waiter.Task;
    }

    public bool TryComplete(T value)
    {
        while (waiting.Count > 0)
        {
            var waiter = Remove();
            if (!waiter.IsTaken && waiter.TrySetResult(value))
                return true;
            waiter.Free();
        }
        return false;
    }

    public void FailAll(Exception failure)
    {
        while (waiting.Count > 0)
        {
            var waiter = Remove();
            if (waiter.IsTaken || !waiter.TrySetException(failure))
                waiter.Free();
        }
    }

    private Waiter Remove()
    {
        var waiter = waiting.Dequeue();
        waiter.IsQueued = false;
        return waiter;
    }

    /// <summary>A wait is free again when its outcome was taken and the queue does not hold it any more.</summary>
    private sealed class Waiter(WaiterQueue<T> owner) : Promise<T>
    {
        private CancellationTokenRegistration registration;
        private CancellationToken token;

        public bool IsTaken { get; private set; }

        public bool IsQueued { get; set; }

        public void Watch(CancellationToken cancellationToken)
        {
            IsQueued = true;
            IsTaken = false;
            token = cancellationToken;
            if (cancellationToken.CanBeCanceled)
                registration = cancellationToken.UnsafeRegister(static state => ((Waiter)state!).GiveUp(), this);
        }

        public void Free()
        {
            if (IsTaken && !IsQueued)
                owner.idle.Push(this);
        }

        protected override void Recycle()
        {
            registration.Dispose();
            registration = default;
            token = default;
            IsTaken = true;
            Free();
        }

        private void GiveUp() => TrySetException(new OperationCanceledException(token));
    }
}
