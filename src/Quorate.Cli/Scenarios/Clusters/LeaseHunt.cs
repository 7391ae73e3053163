using Quorate.Protocols.Raft;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// A nemesis for the moment in which one leads by its lease and another might lead already: the leader's clock runs slow and the others' fast,
/// within the bound that the lease relies on, and the leader is cut off, or one that does not hear it stands.
/// </summary>
internal sealed class LeaseHunt
{
    // Together a little less than the tenth that a lease gives up for drift.
    private const double SlowRate = 0.955;
    private const double FastRate = 1.045;
    private const string ReadName = "read-at-";
    private const string RestName = "fresh-writer-";
    private const string Rests = "rests";
    private static readonly TimeSpan Instant = new(1);
    private static readonly TimeSpan JumpMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeaderMax = TimeSpan.FromSeconds(10);
    private readonly SimulatedCluster cluster;
    private readonly SeededRandom random;
    private readonly Links links;
    private readonly Pace pace;
    private readonly List<OpenFault> rates = [];

    /// <summary>Prepares the nemesis.</summary>
    /// <param name="cluster">The cluster.</param>
    public LeaseHunt(SimulatedCluster cluster)
    {
        this.cluster = cluster;
        random = SeededRandom.For(cluster.World.Seed, "lease hunt");
        links = new Links(cluster);
        pace = new Pace(cluster.World, random);
    }

    /// <summary>Whether clients should write nothing for now.</summary>
    public bool WriterRests { get; private set; }

    /// <summary>The node that clients should read from, or null for any.</summary>
    public SimulatedNode? ReadAt { get; private set; }

    /// <summary>Begins.</summary>
    public void Begin()
    {
        cluster.World.Repeat(ReadName, name => ReadAt = cluster.Named(name));
        cluster.World.Repeat(RestName, word => WriterRests = word == Rests);
        if (!cluster.Repeats)
            cluster.World.After(TimeSpan.Zero, Run);
    }

    /// <summary>Ends in the midst of things. What is broken comes back with the world's healing.</summary>
    public void End() => pace.End();

    private async void Run()
    {
        while (true)
        {
            links.Keep((_, _) => true);
            LetWriterRest(false);
            ReadFrom(null);
            if (!await pace.UntilAsync(() => Leader() is not null, LeaderMax))
                continue;
            await pace.PauseAsync(300, 1500);
            if (Leader() is { } leader)
                await StrikeAsync(leader);
        }
    }

    private async Task StrikeAsync(SimulatedNode leader)
    {
        SetClocks(leader);
        ReadFrom(leader);
        // What a wall clock does must not matter to a lease.
        if (random.Chance(0.5))
            Strike(FaultKind.ClockJump, leader, amount: random.NextTimeSpan(-JumpMax, JumpMax).TotalSeconds);
        var others = cluster.Nodes.Where(n => n != leader).ToArray();
        random.Shuffle(others);
        switch (random.Next(4))
        {
            case 0:
                Isolate(leader);
                await pace.PauseAsync(1200, 2500);
                break;
            case 1:
                await AnswerLateAsync(leader, others);
                break;
            case 2:
                await StandBesideAsync(leader, others[0]);
                LetWriterRest(false);
                await pace.PauseAsync(100, 400);
                break;
            default:
                await StandBesideAsync(leader, others[0]);
                Isolate(leader);
                foreach (var node in others[1..])
                    Strike(FaultKind.Crash, node, Instant);
                LetWriterRest(false);
                await pace.PauseAsync(800, 1500);
                break;
        }
    }

    private void Isolate(SimulatedNode leader) => links.Keep((a, b) => a != leader && b != leader);

    /// <summary>The last answers to a leader reach it when those who gave them are about to elect another.</summary>
    private async Task AnswerLateAsync(SimulatedNode leader, SimulatedNode[] others)
    {
        var held = others.Select(other => Hold(other, leader)).ToArray();
        await pace.PauseAsync(5, 40);
        links.Keep((a, _) => a != leader);
        // Writes to a leader that is heard no more would all be under way still when another leads.
        LetWriterRest(true);
        await pace.PauseAsync(500, 850);
        foreach (var way in held)
            way?.End();
        await pace.UntilAsync(() => Leader() is { } newest && newest != leader, pace.Draw(800, 1500));
        LetWriterRest(false);
        await pace.PauseAsync(200, 600);
    }

    /// <summary>One does not hear the leader any more and stands; nothing is written, so that its log is as good as any.</summary>
    private async Task StandBesideAsync(SimulatedNode leader, SimulatedNode other)
    {
        LetWriterRest(true);
        await pace.PauseAsync(50, 150);
        links.Keep((a, b) => !((a == other && b == leader) || (a == leader && b == other)));
        await pace.PauseAsync(800, 2500);
    }

    private void SetClocks(SimulatedNode slow)
    {
        rates.ForEach(rate => rate.End());
        rates.Clear();
        foreach (var node in cluster.Nodes)
        {
            if (Strike(FaultKind.ClockDrift, node, amount: node == slow ? SlowRate : FastRate) is { } rate)
                rates.Add(rate);
        }
    }

    private OpenFault? Strike(FaultKind kind, SimulatedNode node, TimeSpan duration = default, double amount = 0) =>
        cluster.World.Open(new FaultAction(kind, cluster.World.Now, duration) { Targets = [node.Name], Amount = amount });

    private OpenFault? Hold(SimulatedNode from, SimulatedNode to) => cluster.World.Open(
        new FaultAction(FaultKind.Hold, cluster.World.Now) { Targets = [from.Name], Others = [to.Name] });

    private void LetWriterRest(bool rests)
    {
        if (rests != WriterRests && cluster.World.Did(RestName + (rests ? Rests : "no-more")))
            WriterRests = rests;
    }

    private void ReadFrom(SimulatedNode? node)
    {
        if (node != ReadAt && cluster.World.Did(ReadName + (node?.Name ?? "any")))
            ReadAt = node;
    }

    private SimulatedNode? Leader() => cluster.Nodes
        .Where(n => n.Host?.Inspect(SimulatedNode.Group).Role is RaftRole.Leader)
        .MaxBy(n => n.Host!.Inspect(SimulatedNode.Group).Term);
}
