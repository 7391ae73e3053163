namespace Quorate.Services.Recipes;

/// <summary>Something that is held until it is disposed, or until its session is lost: a lock, a place of a semaphore, a leadership.</summary>
/// <remarks>
/// Guarantee: as long as <see cref="Lost"/> has not fired and the process runs, nobody else holds it. A process that stood still may go on
/// for a moment before the token fires; what must not happen even then is guarded by <see cref="Token"/> or <see cref="Fence"/>.
/// Cost: one key, on the lease that all that this client holds shares.
/// Fails when: the clocks of holder and leader differ in rate by more than <see cref="RecipeOptions.ClockDriftMax"/>; then the token guards
/// still. Disposing tells <see cref="Lost"/> first, and then lets the next one in.
/// Source: Kleppmann, "How to do distributed locking", 2016; Burrows, "The Chubby lock service", OSDI 2006, section 2.4.
/// </remarks>
public interface IHeld : IAsyncDisposable
{
    /// <summary>What is held.</summary>
    string Name { get; }

    /// <summary>
    /// The fencing token: the revision that made the holder's key. Each later holder of the same thing has a greater one, so that a resource
    /// which remembers the greatest token that it saw can refuse the writes of an earlier holder.
    /// </summary>
    long Token { get; }

    /// <summary>The token as a condition for guarded writes to the store itself.</summary>
    Fence Fence { get; }

    /// <summary>
    /// Fires before anybody else can hold it: when the session is lost, when it can no longer be shown to be kept, or when it is let go. It is
    /// reckoned from when the last successful renewal was sent, on this machine's monotonic clock, less a margin for drift.
    /// </summary>
    CancellationToken Lost { get; }

    /// <summary>Looks at the clock: whether it is still held. Exact also right after the process stood still.</summary>
    bool IsHeld { get; }

    /// <summary>Does nothing while it is held.</summary>
    /// <exception cref="SessionLostException">It is not held any more.</exception>
    void ThrowIfLost();
}
