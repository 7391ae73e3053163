namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>Who hears whom among the nodes of a cluster, for a nemesis that says it as a whole.</summary>
internal sealed class Links(SimulatedCluster cluster)
{
    private readonly HashSet<(string From, string To)> cuts = [];

    /// <summary>Whether the way from one node to another was kept.</summary>
    public bool IsKept(SimulatedNode from, SimulatedNode to) => !cuts.Contains((from.Name, to.Name));

    /// <summary>Keeps these ways and cuts all others.</summary>
    /// <param name="isKept">Whether the way from the first to the second is kept.</param>
    public void Keep(Func<SimulatedNode, SimulatedNode, bool> isKept)
    {
        foreach (var (from, to) in cluster.Nodes.SelectMany(a => cluster.Nodes.Where(b => b != a).Select(b => (a, b))).ToArray())
        {
            if (isKept(from, to))
            {
                if (cuts.Remove((from.Name, to.Name)))
                    cluster.World.Network.Mend(from.Name, to.Name);
            }
            else if (cuts.Add((from.Name, to.Name)))
            {
                cluster.World.Network.Cut(from.Name, to.Name);
            }
        }
    }
}
