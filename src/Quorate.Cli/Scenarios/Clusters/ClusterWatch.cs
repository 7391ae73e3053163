using Quorate.Services.Replication;
using Quorate.Simulation;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// Looks at all nodes while the world runs, in one pass, and tells the watches of those that changed. It changes nothing.
/// </summary>
internal sealed class ClusterWatch
{
    private const long LookEvery = 4;
    private readonly World world;
    private readonly IReadOnlyList<SimulatedNode> nodes;
    private readonly SafetyWatch safety;
    private readonly LeadershipWatch? leadership;
    private readonly NodeSight[] checkedLast;
    private readonly NodeSight[] notedLast;

    private ClusterWatch(World world, IReadOnlyList<SimulatedNode> nodes)
    {
        (this.world, this.nodes) = (world, nodes);
        safety = new SafetyWatch(nodes);
        leadership = world.Record is { } record ? new LeadershipWatch(record) : null;
        (checkedLast, notedLast) = (new NodeSight[nodes.Count], new NodeSight[nodes.Count]);
    }

    /// <summary>Begins to look, until the world ends.</summary>
    /// <param name="world">The world of the nodes.</param>
    /// <param name="nodes">The nodes.</param>
    public static void Begin(World world, IReadOnlyList<SimulatedNode> nodes)
    {
        var watch = new ClusterWatch(world, nodes);
        // A record has every change; a check may come a few steps late, and must come at the same steps whether there is a record or not.
        world.AddInvariant(watch.Look, watch.leadership is null ? LookEvery : 1);
        watch.safety.Begin(world);
    }

    private void Look()
    {
        var isChecked = world.Events % LookEvery == 0;
        for (var i = 0; i < nodes.Count; i++)
        {
            RaftView view = default;
            NodeSight sight = default;
            if (nodes[i].Host is { } host)
            {
                view = host.Inspect(SimulatedNode.Group);
                sight = new NodeSight(host, view.Role, view.Term, view.CommitIndex);
            }
            if (leadership is not null && sight != notedLast[i])
            {
                leadership.Note(nodes[i].Name, notedLast[i], sight);
                // What is down leads no more, and comes back in the term and with the log that it had.
                notedLast[i] = sight.Host is null ? notedLast[i] with { Host = null } : sight;
            }
            if (isChecked && sight.Host is not null && sight != checkedLast[i])
            {
                safety.Note(i, checkedLast[i], sight, view);
                checkedLast[i] = sight;
            }
        }
    }
}
