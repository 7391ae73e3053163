namespace Quorate.Services.Recipes;

/// <summary>Locks by name, over all clients of a cluster.</summary>
/// <remarks>
/// Guarantee: as <see cref="IHeld"/>; whoever waits gets the lock in the order of asking, and a release wakes one waiter only.
/// Cost: one write to take a free lock and one to let go; a waiter adds a read and a watch of the one before it.
/// Fails when: the store cannot be reached: a waiter waits on until it is cancelled. A waiter whose session is lost lines up anew.
/// Source: Hunt and others, "ZooKeeper: wait-free coordination for internet-scale systems", USENIX ATC 2010, section 2.4.
/// </remarks>
public interface IDistributedLocks
{
    /// <summary>Waits for a lock and takes it.</summary>
    /// <param name="name">1 to 512 bytes.</param>
    /// <param name="cancellationToken">Gives up waiting, and leaves the line.</param>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    /// <exception cref="Coordination.CoordinationException">The store refuses for good, as when the node has stopped.</exception>
    ValueTask<IHeld> AcquireAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Takes a lock if it is free at once.</summary>
    /// <param name="name">1 to 512 bytes.</param>
    /// <param name="cancellationToken">Gives up asking.</param>
    /// <returns>Null where somebody else holds it or waits for it.</returns>
    ValueTask<IHeld?> TryAcquireAsync(string name, CancellationToken cancellationToken = default);
}

/// <summary>Locks that many may hold to read, or one to write.</summary>
/// <remarks>
/// Guarantee: while a writer holds, nobody else does; whoever waits is served in the order of asking, and no writer is overtaken by
/// later readers. Readers wait for the last writer before them, a writer for whoever is before it.
/// Cost and failure: as <see cref="IDistributedLocks"/>. Source: as there, "Read/Write Locks".
/// </remarks>
public interface IReadWriteLocks
{
    /// <summary>Waits for the right to read, together with others.</summary>
    /// <param name="name">1 to 512 bytes.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<IHeld> AcquireReadAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Waits for the right to write, alone.</summary>
    /// <param name="name">1 to 512 bytes.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<IHeld> AcquireWriteAsync(string name, CancellationToken cancellationToken = default);
}

/// <summary>Semaphores: a fixed number of places, over all clients of a cluster.</summary>
/// <remarks>
/// Guarantee: never more holders than places; whoever waits is served in the order of asking.
/// Cost: as <see cref="IDistributedLocks"/>; the first in line watches all places, the others the one before them.
/// Fails when: as there. Tokens order the holders by when they asked; several of them hold at once, so a token alone fences nothing.
/// </remarks>
public interface ISemaphore
{
    /// <summary>Waits for a place and takes it.</summary>
    /// <param name="name">1 to 512 bytes.</param>
    /// <param name="places">How many places there are, from 1 to 1000; the same for everybody.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ArgumentException">Somebody uses the semaphore with another number of places.</exception>
    ValueTask<IHeld> AcquireAsync(string name, int places, CancellationToken cancellationToken = default);
}
