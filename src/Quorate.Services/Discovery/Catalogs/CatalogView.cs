using System.Collections.Immutable;

namespace Quorate.Services.Discovery.Catalogs;

/// <summary>All services and instances at one moment. It does not change.</summary>
/// <param name="Services">The services by name.</param>
/// <param name="Revision">The store's revision of that moment; 0 where nothing was read yet.</param>
internal sealed record CatalogView(ImmutableSortedDictionary<string, CatalogService> Services, long Revision)
{
    /// <summary>Nothing was read yet.</summary>
    public static CatalogView Empty { get; } = new(ImmutableSortedDictionary.Create<string, CatalogService>(StringComparer.Ordinal), 0);

    /// <summary>A service; null where no instance of it is registered.</summary>
    /// <param name="name">Its name, in lower case.</param>
    public CatalogService? Find(string name) => Services.GetValueOrDefault(name);

    /// <summary>This view, with an instance put in, or in its place.</summary>
    /// <param name="endpoint">The instance.</param>
    public CatalogView With(ServiceEndpoint endpoint)
    {
        var others = Services.TryGetValue(endpoint.Service, out var service)
            ? service.All.RemoveAll(e => e.Instance == endpoint.Instance)
            : [];
        var at = 0;
        while (at < others.Length && string.CompareOrdinal(others[at].Instance, endpoint.Instance) < 0)
            at++;
        return this with { Services = Services.SetItem(endpoint.Service, new CatalogService(others.Insert(at, endpoint))) };
    }

    /// <summary>This view without an instance.</summary>
    /// <param name="service">Its service.</param>
    /// <param name="instance">Its name.</param>
    public CatalogView Without(string service, string instance)
    {
        if (Find(service) is not { } found)
            return this;
        var others = found.All.RemoveAll(e => e.Instance == instance);
        return this with { Services = others.IsEmpty ? Services.Remove(service) : Services.SetItem(service, new CatalogService(others)) };
    }
}

/// <summary>The instances of a service.</summary>
/// <param name="all">All of them, in the order of their names.</param>
internal sealed class CatalogService(ImmutableArray<ServiceEndpoint> all)
{
    /// <summary>All of them, in the order of their names.</summary>
    public ImmutableArray<ServiceEndpoint> All => all;

    /// <summary>Those whose checks pass, in the order of their names.</summary>
    public ImmutableArray<ServiceEndpoint> Healthy { get; } = [.. all.Where(e => e.IsHealthy)];
}
