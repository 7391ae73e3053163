namespace Quorate.Services.Discovery;

/// <summary>Tells where a service is.</summary>
/// <remarks>
/// Guarantee: what is told is what the registry said a moment ago, or is said to be stale. Cost: a look into memory; where it asks servers, a
/// datagram to one of them and back, once in the answer's time to live.
/// Fails when: nothing is known and nobody can be asked.
/// </remarks>
public interface IServiceResolver
{
    /// <summary>Where a service is now.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DiscoveryException">It cannot be said.</exception>
    ValueTask<ServiceAnswer> ResolveAsync(string service, CancellationToken cancellationToken = default);
}

/// <summary>It cannot be said where a service is.</summary>
/// <param name="message">Why, for people.</param>
/// <param name="inner">What caused it, or null.</param>
public sealed class DiscoveryException(string message, Exception? inner = null) : Exception(message, inner);
