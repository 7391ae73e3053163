using Quorate.Services.Recipes.Providers;

namespace Quorate.Hosting.Stores;

/// <summary>The application's store: its own node, or a cluster elsewhere.</summary>
/// <param name="Name">The application's name.</param>
/// <param name="Provider">The store.</param>
/// <param name="Prefix">What the keys of the recipes begin with.</param>
internal sealed record HostedStore(string Name, ICoordinationProvider Provider, string Prefix);
