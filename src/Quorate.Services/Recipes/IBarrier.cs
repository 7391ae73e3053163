namespace Quorate.Services.Recipes;

/// <summary>Barriers by name: many clients wait for one thing, or for each other.</summary>
/// <remarks>
/// Guarantee: nobody passes a raised barrier before it is lowered; nobody passes the entry of a double barrier before as many as it is for
/// have entered, nor its exit before all who entered with it have left or are dead.
/// Cost: one write and one watch each.
/// Fails when: a participant's session is lost: then its wait ends with <see cref="SessionLostException"/>.
/// Source: ZooKeeper's recipes "Barriers" and "Double Barriers"; departures are in this folder's README.
/// </remarks>
public interface IBarrier
{
    /// <summary>Raises a barrier: from now on those who come wait. It stays when this client dies.</summary>
    /// <param name="name">1 to 512 bytes.</param>
    /// <param name="cancellationToken">Gives up; the barrier may be raised or not.</param>
    ValueTask RaiseAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Lowers a barrier: all who wait pass.</summary>
    /// <param name="name">The barrier.</param>
    /// <param name="cancellationToken">Gives up; the barrier may be lowered or not.</param>
    ValueTask LowerAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Waits while a barrier is raised.</summary>
    /// <param name="name">The barrier.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask WaitAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Enters a double barrier and waits until enough have entered.</summary>
    /// <param name="name">1 to 512 bytes.</param>
    /// <param name="participants">How many it takes, from 1 to 1000; the same for everybody.</param>
    /// <param name="cancellationToken">Gives up, and takes the entry back.</param>
    ValueTask<IBarrierPassage> EnterAsync(string name, int participants, CancellationToken cancellationToken = default);
}

/// <summary>The time between the two halves of a double barrier. Disposing it leaves without waiting.</summary>
public interface IBarrierPassage : IAsyncDisposable
{
    /// <summary>The round: the revision at which enough had entered. The same for all who passed together.</summary>
    long Round { get; }

    /// <summary>Fires when the session is lost: the others then go on without this one.</summary>
    CancellationToken Lost { get; }

    /// <summary>Leaves, and waits until all who entered with this one have left.</summary>
    /// <param name="cancellationToken">Gives up waiting; it has left.</param>
    ValueTask LeaveAsync(CancellationToken cancellationToken = default);
}
