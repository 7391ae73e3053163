namespace Quorate.Services.Discovery;

/// <summary>Where a service is.</summary>
/// <param name="Endpoints">
/// The healthy instances, those of the least priority first, and those of the same one in a random order by their weights. Empty where none is
/// healthy.
/// </param>
/// <param name="IsStale">Whether this is older than it should be, since the cluster or the servers cannot be reached.</param>
public sealed record ServiceAnswer(IReadOnlyList<ServiceEndpoint> Endpoints, bool IsStale = false);
