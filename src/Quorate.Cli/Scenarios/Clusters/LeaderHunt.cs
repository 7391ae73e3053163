using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// A nemesis that knows who leads. Faults at random rarely hit the leader at the moment that matters; this one takes leaders away again and
/// again, and makes those stand for election that lag behind, or come back with what they never got acknowledged.
/// </summary>
internal sealed class LeaderHunt(SimulatedCluster cluster)
{
    private const int FlapsMax = 10;
    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(0.3);
    private readonly SeededRandom random = SeededRandom.For(cluster.World.Seed, "hunt");
    private readonly TimeSpan pauseMax = TimeSpan.FromSeconds(SeededRandom.For(cluster.World.Seed, "hunt tempo").Next(1, 7));
    private bool ended;

    /// <summary>Begins to hunt.</summary>
    public void Begin() => cluster.World.After(Draw(), Hunt);

    /// <summary>Strikes no more. What it cut off comes back with the world's healing.</summary>
    public void End() => ended = true;

    private TimeSpan Draw() => random.NextTimeSpan(PauseMin, pauseMax);

    private void Hunt()
    {
        if (ended)
            return;
        if (cluster.Nodes.FirstOrDefault(n => n.Host?.Group(SimulatedNode.Group).IsLeader == true) is { } leader)
            Strike(leader);
        cluster.World.After(Draw(), Hunt);
    }

    private void Strike(SimulatedNode leader)
    {
        var others = cluster.Nodes.Where(n => n != leader && n.Machine.IsUp).ToArray();
        random.Shuffle(others);
        switch (random.Next(7))
        {
            case 0:
                CrashFor(leader);
                break;
            case 1:
                CutFor([leader], others, bothWays: true);
                break;
            case 2:
                CutFor([leader], others, bothWays: false);
                break;
            case 3:
                leader.Machine.Pause();
                Later(leader.Machine.Resume);
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
        CutFor([leader, .. others.Take(kept - 1)], [.. others.Skip(kept - 1)], bothWays: true);
    }

    /// <summary>A follower misses a stretch of the log, and then the leader dies in the moment that the follower comes back.</summary>
    private void LeaveBehind(SimulatedNode leader, SimulatedNode[] others)
    {
        if (others.Length == 0)
            return;
        var behind = others[0];
        SimulatedNode[] rest = [leader, .. others.Skip(1)];
        Cut([behind], rest, bothWays: true);
        Later(() =>
        {
            Mend([behind], rest);
            if (leader.Machine.IsUp)
                CrashFor(leader);
        });
    }

    /// <summary>
    /// Everyone loses everyone for longer than an election timeout, and then all stand at about the same time, with disks so slow that votes
    /// and terms are long on their way, while voters come and go.
    /// </summary>
    private void CrowdElection()
    {
        var all = cluster.Nodes.ToArray();
        for (var i = 0; i < all.Length; i++)
            Cut([all[i]], all[(i + 1)..], bothWays: true);
        foreach (var node in all)
            node.Machine.Disk.Slowness = random.Next(1, 200);
        cluster.World.After(TimeSpan.FromSeconds(2.5), () =>
        {
            Mend(all, all);
            for (var i = 0; i < FlapsMax; i++)
                cluster.World.After(random.NextTimeSpan(TimeSpan.Zero, TimeSpan.FromSeconds(2)), () => Flap(all[random.Next(all.Length)]));
        });
        cluster.World.After(TimeSpan.FromSeconds(5), () => Array.ForEach(all, node => node.Machine.Disk.Slowness = 1));
    }

    private void Flap(SimulatedNode node)
    {
        if (ended || !node.Machine.IsUp)
            return;
        node.Machine.Crash();
        cluster.World.After(random.NextTimeSpan(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(60)), node.Machine.Start);
    }

    private void CrashFor(SimulatedNode node)
    {
        node.Machine.Crash();
        Later(node.Machine.Start);
    }

    private void CutFor(SimulatedNode[] side, SimulatedNode[] other, bool bothWays)
    {
        Cut(side, other, bothWays);
        Later(() => Mend(side, other));
    }

    private void Cut(SimulatedNode[] side, SimulatedNode[] other, bool bothWays)
    {
        var outward = random.Chance(0.5);
        foreach (var (a, b) in side.SelectMany(a => other.Select(b => (a.Name, b.Name))))
        {
            if (bothWays || outward)
                cluster.World.Network.Cut(a, b);
            if (bothWays || !outward)
                cluster.World.Network.Cut(b, a);
        }
    }

    private void Mend(SimulatedNode[] side, SimulatedNode[] other)
    {
        foreach (var (a, b) in side.SelectMany(a => other.Where(b => b != a).Select(b => (a.Name, b.Name))))
        {
            cluster.World.Network.Mend(a, b);
            cluster.World.Network.Mend(b, a);
        }
    }

    private void Later(Action act) => cluster.World.After(random.NextTimeSpan(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(5)), act);
}
