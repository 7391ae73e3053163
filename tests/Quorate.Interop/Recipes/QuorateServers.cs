using Quorate.Interop.Clusters;

namespace Quorate.Interop.Recipes;

/// <summary>Three nodes in three processes, for the tests of a class.</summary>
public sealed class QuorateServers : IAsyncLifetime
{
    private readonly NodeCluster cluster = new();

    public IReadOnlyList<string> Endpoints => cluster.Nodes;

    public async ValueTask InitializeAsync() => await cluster.StartAllAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();
}
