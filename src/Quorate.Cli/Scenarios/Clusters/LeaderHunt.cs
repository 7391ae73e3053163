using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// A nemesis that knows who leads. Faults at random rarely hit the leader at the moment that matters; this one takes leaders away again and
/// again, and makes those stand for election that lag behind, or come back with what they never got acknowledged. Each strike becomes part
/// of the run's schedule; when one is replayed, this does nothing.
/// </summary>
internal sealed class LeaderHunt(SimulatedCluster cluster)
{
    private const int FlapsMax = 10;
    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan CrowdApart = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan CrowdSlow = TimeSpan.FromSeconds(5);
    private readonly SeededRandom random = SeededRandom.For(cluster.World.Seed, "hunt");
    private readonly TimeSpan pauseMax = TimeSpan.FromSeconds(SeededRandom.For(cluster.World.Seed, "hunt tempo").Next(1, 7));
    private bool ended;

    /// <summary>Begins to hunt.</summary>
    public void Begin() => cluster.World.After(DrawPause(), Hunt);

    /// <summary>Strikes no more. What it cut off comes back with the world's healing.</summary>
    public void End() => ended = true;

    private TimeSpan DrawPause() => random.NextTimeSpan(PauseMin, pauseMax);

    private TimeSpan DrawDuration() => random.NextTimeSpan(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(5));

    private void Hunt()
    {
        if (ended)
            return;
        if (cluster.Nodes.FirstOrDefault(n => n.Host?.Group(SimulatedNode.Group).IsLeader == true) is { } leader)
            Strike(leader);
        cluster.World.After(DrawPause(), Hunt);
    }

    private void Strike(SimulatedNode leader)
    {
        var others = cluster.Nodes.Where(n => n != leader && n.Machine.IsUp).ToArray();
        random.Shuffle(others);
        switch (random.Next(7))
        {
            case 0:
                Strike(FaultKind.Crash, DrawDuration(), leader);
                break;
            case 1:
                Cut([leader], others, bothWays: true, DrawDuration());
                break;
            case 2:
                Cut([leader], others, bothWays: false, DrawDuration());
                break;
            case 3:
                Strike(FaultKind.Pause, DrawDuration(), leader);
                break;
            case 4:
                KeepWithMinority(leader, others);
                break;
            case 5:
                CrowdElection();
                break;
            default:
                LeaveBehind(leader, others);
                break;
        }
    }

    /// <summary>The leader keeps less than a majority: what it takes now can never be committed, and must give way later.</summary>
    private void KeepWithMinority(SimulatedNode leader, SimulatedNode[] others)
    {
        var kept = (cluster.Nodes.Count - 1) / 2;
        Cut([leader, .. others.Take(kept - 1)], [.. others.Skip(kept - 1)], bothWays: true, DrawDuration());
    }

    /// <summary>A follower misses a stretch of the log, and then the leader dies in the moment that the follower comes back.</summary>
    private void LeaveBehind(SimulatedNode leader, SimulatedNode[] others)
    {
        if (others.Length == 0)
            return;
        var (missing, down) = (DrawDuration(), DrawDuration());
        Cut([others[0]], [leader, .. others.Skip(1)], bothWays: true, missing);
        cluster.World.After(missing, () => Strike(FaultKind.Crash, down, leader));
    }

    /// <summary>
    /// Everyone loses everyone for longer than an election timeout, and then all stand at about the same time, with disks so slow that votes
    /// and terms are long on their way, while voters come and go.
    /// </summary>
    private void CrowdElection()
    {
        var all = cluster.Nodes.ToArray();
        for (var i = 0; i + 1 < all.Length; i++)
            Cut([all[i]], all[(i + 1)..], bothWays: true, CrowdApart);
        foreach (var node in all)
            Strike(FaultKind.SlowDisk, CrowdSlow, node, random.Next(1, 200));
        cluster.World.After(CrowdApart, () =>
        {
            for (var i = 0; i < FlapsMax; i++)
                cluster.World.After(random.NextTimeSpan(TimeSpan.Zero, TimeSpan.FromSeconds(2)), () => Flap(all[random.Next(all.Length)]));
        });
    }

    private void Flap(SimulatedNode node)
    {
        if (!ended && node.Machine.IsUp)
            Strike(FaultKind.Crash, random.NextTimeSpan(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(60)), node);
    }

    private void Cut(SimulatedNode[] side, SimulatedNode[] other, bool bothWays, TimeSpan duration)
    {
        if (side.Length == 0 || other.Length == 0)
            return;
        var (from, to) = bothWays || random.Chance(0.5) ? (side, other) : (other, side);
        Strike(new FaultAction(bothWays ? FaultKind.Partition : FaultKind.OneWayPartition, cluster.World.Now, duration)
        {
            Targets = [.. from.Select(n => n.Name)],
            Others = [.. to.Select(n => n.Name)],
        });
    }

    private void Strike(FaultKind kind, TimeSpan duration, SimulatedNode node, double amount = 0) =>
        Strike(new FaultAction(kind, cluster.World.Now, duration) { Targets = [node.Name], Amount = amount });

    private void Strike(FaultAction action)
    {
        if (!ended)
            cluster.World.Strike(action);
    }
}
