using System.Threading.Tasks.Sources;

namespace Quorate.Simulation.Execution;

/// <summary>
/// An outcome to come, awaited on a strand. It is an event too: scheduled, it completes at its time. The continuation always goes back
/// to the strand that awaited, even where the awaiter did not ask for it.
/// </summary>
internal abstract class Promise<T> : SimulatedEvent, IValueTaskSource<T>, IValueTaskSource
{
    private static readonly Action<object?> NotAwaited = static _ => { };
    private Action<object?> continuation = NotAwaited;
    private object? continuationState;
    private SimulatedStrand? strand;
    private T? result;
    private Exception? error;
    private short version;

    public bool IsCompleted { get; private set; }

    public ValueTask<T> Task => new(this, version);

    public ValueTask Completion => new(this, version);

    protected T? Result
    {
        get => result;
        set => result = value;
    }

    protected Exception? Error
    {
        get => error;
        set => error = value;
    }

    /// <summary>Completes with what was set as <see cref="Result"/> or <see cref="Error"/>.</summary>
    public override void Fire() => Complete();

    public bool TrySetResult(T value)
    {
        if (IsCompleted)
            return false;
        result = value;
        Complete();
        return true;
    }

    public bool TrySetException(Exception failure)
    {
        if (IsCompleted)
            return false;
        error = failure;
        Complete();
        return true;
    }

    public ValueTaskSourceStatus GetStatus(short token)
    {
        Check(token);
        if (!IsCompleted)
            return ValueTaskSourceStatus.Pending;
        return error is null ? ValueTaskSourceStatus.Succeeded
            : error is OperationCanceledException ? ValueTaskSourceStatus.Canceled : ValueTaskSourceStatus.Faulted;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        if (SynchronizationContext.Current is not SimulatedStrand awaiting)
            throw new InvalidOperationException("Awaited outside a strand of the simulated machine.");
        if (IsCompleted)
        {
            awaiting.Enqueue(continuation, state);
            return;
        }
        if (!ReferenceEquals(this.continuation, NotAwaited))
            throw new InvalidOperationException("Awaited twice: a ValueTask is awaited once.");
        strand = awaiting;
        this.continuation = continuation;
        continuationState = state;
    }

    public T GetResult(short token)
    {
        Check(token);
        if (!IsCompleted)
            throw new InvalidOperationException("Not completed: a strand never blocks.");
        var outcome = result;
        var failure = error;
        Reset();
        return failure is null ? outcome! : throw failure;
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    /// <summary>Called when the outcome was taken and the object may be used again.</summary>
    protected virtual void Recycle()
    {
    }

    protected void Complete()
    {
        if (IsCompleted)
            return;
        IsCompleted = true;
        if (strand is { } awaiting)
            awaiting.Enqueue(continuation, continuationState);
    }

    private void Reset()
    {
        version++;
        Ticket = 0;
        IsCompleted = false;
        result = default;
        error = null;
        strand = null;
        continuation = NotAwaited;
        continuationState = null;
        Recycle();
    }

    private void Check(short token)
    {
        if (token != version)
            throw new InvalidOperationException("This ValueTask was awaited before: it is awaited once.");
    }
}
