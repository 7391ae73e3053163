namespace Quorate.Services.Recipes;

/// <summary>Elections by name: one of many clients leads, and the others know who.</summary>
/// <remarks>
/// Guarantee: at most one leader that has not been told that it lost; leaders come in the order of campaigning, each with a greater token.
/// Cost: as <see cref="IDistributedLocks"/>.
/// Fails when: as there. Source: ZooKeeper's recipe "Leader Election"; etcd v3.4, client/v3/concurrency/election.go.
/// </remarks>
public interface ILeaderElection
{
    /// <summary>Waits until this client leads.</summary>
    /// <param name="name">The election: 1 to 512 bytes.</param>
    /// <param name="value">What the leader says of itself, such as its address.</param>
    /// <param name="cancellationToken">Gives up the candidature.</param>
    ValueTask<ILeadership> CampaignAsync(string name, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default);

    /// <summary>Who leads, or null.</summary>
    /// <param name="name">The election.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<Leader?> FindLeaderAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// Tells who leads, now and whenever that or what it says of itself changes; null while nobody does. Fast changes may be told as one.
    /// </summary>
    /// <param name="name">The election.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<Leader?> ObserveAsync(string name, CancellationToken cancellationToken = default);
}

/// <summary>A leadership that this client holds; disposing it resigns.</summary>
public interface ILeadership : IHeld
{
    /// <summary>Changes what the leader says of itself.</summary>
    /// <param name="value">The new words.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StaleHolderException">This client leads no more.</exception>
    ValueTask ProclaimAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default);
}

/// <summary>Who leads.</summary>
/// <param name="Value">What it says of itself.</param>
/// <param name="Token">Its token: greater than that of every leader before.</param>
public sealed record Leader(ReadOnlyMemory<byte> Value, long Token);
