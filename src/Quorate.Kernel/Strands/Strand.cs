using Quorate.Kernel.Invariants;

namespace Quorate.Kernel.Strands;

/// <summary>
/// A single-threaded scheduler: what is posted to it runs one piece at a time, in the order of posting, and plain <c>await</c> on it
/// comes back to it. A service instance lives on one strand and needs no lock.
/// </summary>
/// <remarks>
/// Guarantee: at most one piece of work of a strand runs at any instant, and each sees what the ones before it wrote.
/// Cost: a post is one queue operation; on the real machine an idle strand also costs one hand-over to the thread pool.
/// Fails when: work blocks, or awaits with <c>ConfigureAwait(false)</c> and so leaves the strand. An exception that escapes a posted
/// piece of work fails the machine.
/// </remarks>
public abstract class Strand : SynchronizationContext
{
    /// <summary>What the strand is for.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the caller runs on this strand.</summary>
    public bool IsCurrent => ReferenceEquals(Current, this);

    /// <summary>Stops the node when the caller is not on this strand.</summary>
    public void AssertCurrent()
    {
        if (!IsCurrent)
            throw new InvariantViolationException($"This must run on strand '{Name}', but ran on '{(Current as Strand)?.Name ?? "no strand"}'.");
    }

    /// <summary>Runs a piece of work on the strand, later.</summary>
    /// <param name="work">What to run; an exception that escapes it fails the machine.</param>
    public void Post(Action work) => Post(static state => ((Action)state!)(), work);

    /// <summary>
    /// Runs a piece of work that is no longer the strand's own, such as telling a caller outside: at once here; on the real machine by a
    /// pool thread, or by the thread that ran the strand once it has let go of it. Called on the strand.
    /// </summary>
    /// <param name="d">What to run; it must neither throw nor block.</param>
    /// <param name="state">Given to it.</param>
    public virtual void Leave(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        d(state);
    }

    /// <summary>Runs asynchronous work on the strand and hands its outcome to the caller, wherever the caller is.</summary>
    /// <param name="work">What to run.</param>
    public Task InvokeAsync(Func<Task> work) => InvokeAsync(async () =>
    {
        await work();
        return true;
    });

    /// <summary>Runs asynchronous work on the strand and hands its outcome to the caller, wherever the caller is.</summary>
    /// <param name="work">What to run.</param>
    /// <typeparam name="T">The outcome.</typeparam>
    public Task<T> InvokeAsync<T>(Func<Task<T>> work)
    {
        if (IsCurrent)
            return work();
        // A caller on another strand gets its continuation posted there. Asynchronous continuations would take those of WhenAll, WhenAny
        // and WaitAsync to the thread pool instead; they are for callers on no strand, whose code must not run on this one.
        var options = Current is Strand ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;
        var outcome = new TaskCompletionSource<T>(options);
        Post(() => _ = CompleteAsync(work, outcome));
        return outcome.Task;
    }

    /// <summary>Strands are not copied: the copy would not be the same queue.</summary>
    public sealed override SynchronizationContext CreateCopy() => this;

    /// <summary>Blocking another thread until the strand has run something is not offered.</summary>
    /// <param name="d">Not used.</param>
    /// <param name="state">Not used.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public sealed override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A strand never blocks: use Post or InvokeAsync.");

    private static async Task CompleteAsync<T>(Func<Task<T>> work, TaskCompletionSource<T> outcome)
    {
        try
        {
            outcome.SetResult(await work());
        }
        catch (OperationCanceledException e)
        {
            outcome.SetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            outcome.SetException(e);
        }
    }
}
