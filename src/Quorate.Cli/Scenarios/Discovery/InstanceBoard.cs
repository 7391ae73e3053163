using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Services.Discovery.Catalogs;

namespace Quorate.Cli.Scenarios.Discovery;

/// <summary>What is true of every instance, in the world's time, and what must hold of answers because of it.</summary>
/// <param name="cluster">The cluster.</param>
internal sealed class InstanceBoard(SimulatedCluster cluster)
{
    // Clocks drift by a twentieth at most.
    private const double Drift = 1.1;
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<Incarnation, TimeSpan> outSince = [];

    /// <summary>The settings of the servers' catalogues.</summary>
    public static CatalogOptions Catalog { get; } = new()
    {
        ConfirmInterval = TimeSpan.FromMilliseconds(300),
        FreshMax = TimeSpan.FromSeconds(1.5),
        CallTimeout = TimeSpan.FromSeconds(1),
    };

    /// <summary>What went wrong first, or null.</summary>
    public ViolationException? Violation { get; private set; }

    /// <summary>The cluster.</summary>
    public SimulatedCluster Cluster => cluster;

    /// <summary>Something is wrong.</summary>
    /// <param name="text">What.</param>
    public void Report(string text) => Violation ??= new ViolationException(FormattableString.Invariant($"at {cluster.World.Now}: {text}"));

    /// <summary>It is not sure any more whether an instance is told.</summary>
    /// <param name="instance">Which.</param>
    public void Changing(Incarnation instance) => outSince.Remove(instance);

    /// <summary>It was acknowledged that an instance is out.</summary>
    /// <param name="instance">Which.</param>
    public void IsOut(Incarnation instance) => outSince[instance] = cluster.World.Now;

    /// <summary>A server tells an instance, and says that it knows.</summary>
    /// <param name="server">The server.</param>
    /// <param name="instance">The instance.</param>
    public void ToldAsFresh(string server, Incarnation instance)
    {
        cluster.Metrics.Add("instances told");
        if (outSince.TryGetValue(instance, out var since) && cluster.World.Now > since + (Catalog.FreshMax * Drift) + Grace)
            Report($"{server} tells {instance}, which is out since {since}, and does not say that this is old");
    }
}
