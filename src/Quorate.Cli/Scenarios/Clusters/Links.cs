using Quorate.Simulation.Faults;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>Who hears whom among the nodes of a cluster, for a nemesis that says it as a whole. What is cut is a fault of the schedule.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="isPart">Whether it is none, because it is a part of something that the schedule has as a whole.</param>
internal sealed class Links(SimulatedCluster cluster, bool isPart = false)
{
    private HashSet<(string From, string To)> cuts = [];
    private OpenFault? fault;

    /// <summary>Whether the way from one node to another was kept.</summary>
    public bool IsKept(SimulatedNode from, SimulatedNode to) => !cuts.Contains((from.Name, to.Name));

    /// <summary>Keeps these ways and cuts all others.</summary>
    /// <param name="isKept">Whether the way from the first to the second is kept.</param>
    public void Keep(Func<SimulatedNode, SimulatedNode, bool> isKept)
    {
        var ways = cluster.Nodes.SelectMany(a => cluster.Nodes.Where(b => b != a && !isKept(a, b)).Select(b => (From: a.Name, To: b.Name))).ToArray();
        if (cuts.SetEquals(ways))
            return;
        if (isPart)
            Change(ways);
        fault?.End();
        (cuts, fault) = ([.. ways], null);
        if (ways.Length > 0 && !isPart)
            fault = cluster.World.Open(new FaultAction(FaultKind.CutWays, cluster.World.Now)
            {
                Targets = [.. ways.Select(w => w.From)],
                Others = [.. ways.Select(w => w.To)],
            });
    }

    private void Change((string From, string To)[] ways)
    {
        foreach (var (from, to) in cuts.Except(ways).Order())
            cluster.World.Network.Mend(from, to);
        foreach (var (from, to) in ways.Except(cuts))
            cluster.World.Network.Cut(from, to);
    }
}
