using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// A nemesis for the moments on which Raft's proof rests, whatever the code makes of them. Two nodes, the rivals, lead by turns or stand for
/// election at once, and the others, the voters, choose between them: asked twice in a term, crashing between a vote or an append and
/// what follows from it, and answering when the term is long over. Each strike becomes part of the run's schedule, and so does each order to
/// hand over; when one is replayed, this does only what the schedule says.
/// </summary>
internal sealed class Rivals
{
    private const string HandOverName = "hand-over-";
    private const int SlownessMax = 200;

    // Slow enough that much happens before a sync is done, and fast enough that a vote comes before the candidate gives up.
    private const int VotersSlownessMax = 60;

    // Whose clock is fast stands first, so that it is mostly a rival who leads.
    private const double RivalsRate = 2;
    private const double VotersRate = 0.7;
    private static readonly TimeSpan Instant = new(1);
    private static readonly TimeSpan LeadMax = TimeSpan.FromSeconds(1.5);
    private readonly SimulatedCluster cluster;
    private readonly SeededRandom random;
    private readonly SimulatedNode[] rivals;
    private readonly SimulatedNode[] voters;
    private readonly Links links;
    private readonly Pace pace;
    private readonly Dictionary<SimulatedNode, OpenFault> slow = [];
    private readonly bool isForgetful;

    /// <summary>Draws the rivals.</summary>
    /// <param name="cluster">The cluster.</param>
    public Rivals(SimulatedCluster cluster)
    {
        this.cluster = cluster;
        random = SeededRandom.For(cluster.World.Seed, "rivals");
        var all = cluster.Nodes.ToArray();
        random.Shuffle(all);
        // Fewer than two where a schedule is replayed that has one machine left.
        (rivals, voters) = ([.. all.Take(2)], [.. all.Skip(2)]);
        isForgetful = SeededRandom.For(cluster.World.Seed, "rivals forget").Chance(0.25);
        links = new Links(cluster);
        pace = new Pace(cluster.World, random);
    }

    /// <summary>Begins.</summary>
    public void Begin()
    {
        cluster.World.Repeat(HandOverName, names =>
        {
            if (names.Split('-') is [var from, var to] && cluster.Named(from) is { } leader && cluster.Named(to) is { } next)
                HandOver(leader, next);
        });
        if (!cluster.Repeats)
            cluster.World.After(TimeSpan.Zero, Run);
    }

    /// <summary>Ends in the midst of things. What is broken comes back with the world's healing.</summary>
    public void End() => pace.End();

    private async void Run()
    {
        foreach (var rival in rivals)
            Strike(FaultKind.ClockDrift, TimeSpan.Zero, RivalsRate, rival);
        foreach (var voter in voters)
            Strike(FaultKind.ClockDrift, TimeSpan.Zero, VotersRate, voter);
        while (true)
        {
            links.Keep((_, _) => true);
            SlowDown(_ => false);
            await pace.PauseAsync(100, 500);
            random.Shuffle(rivals);
            switch (isForgetful && random.Chance(0.5) ? 3 : random.Next(3))
            {
                case 0:
                    await ContestAsync();
                    break;
                case 1:
                    await TakeTurnsAsync(rivals[0], rivals[1]);
                    break;
                case 3:
                    await ForgetAsync(rivals[0], rivals[1]);
                    break;
                default:
                    await AnswerLateAsync(rivals[0], rivals[1]);
                    break;
            }
        }
    }

    /// <summary>
    /// The power fails. Then the rivals stand at about the same time, in the same term, for the same voters; the one with the slower disk is
    /// late. Whoever wins is heard no more, and its voters crash, before or after they have the first entry of its term.
    /// </summary>
    private async Task ContestAsync()
    {
        links.Keep((a, b) => !(rivals.Contains(a) && rivals.Contains(b)));
        Strike(FaultKind.Crash, Instant, 0, [.. cluster.Nodes]);
        await pace.PauseAsync(40, 80);
        SlowDown(_ => true);
        await pace.UntilAsync(() => rivals.Any(r => Role(r) is RaftRole.Leader), LeadMax);
        if (rivals.FirstOrDefault(r => Role(r) is RaftRole.Leader) is { } winner)
            Mute(winner);
        await pace.PauseAsync(0, 10);
        Array.ForEach(voters, Flap);
        await pace.PauseAsync(200, 500);
    }

    /// <summary>
    /// Figure 8 of the paper: one leads and is heard no more, the other is elected and is not heard at all, the first leads again and brings
    /// what it had, or a part of it, to the voters, and then the other comes back.
    /// </summary>
    private async Task TakeTurnsAsync(SimulatedNode first, SimulatedNode second)
    {
        await LeadAsync(first, cluster.Nodes);
        Mute(first);
        await pace.PauseAsync(10, 80);
        SlowDown(voters.Contains, VotersSlownessMax);
        Gather(second, voters);
        await pace.UntilAsync(() => HasAsked(second) || voters.Any(v => Role(v) is RaftRole.Leader), LeadMax);
        if (!HasAsked(second))
            return;
        Mute(second);
        await pace.UntilAsync(() => Role(second) is RaftRole.Leader, TimeSpan.FromSeconds(0.5));
        await pace.PauseAsync(0, 20);
        Gather(first, voters);
        Array.ForEach(voters, Flap);
        await pace.PauseAsync(40, 80);
        SlowDown(voters.Contains, VotersSlownessMax);
        await pace.UntilAsync(() => Role(first) is RaftRole.Leader, LeadMax);
        await pace.PauseAsync(0, 150);
        Gather(second, voters);
        Array.ForEach(voters, Flap);
        await pace.UntilAsync(() => Role(second) is RaftRole.Leader, LeadMax);
    }

    /// <summary>
    /// One leads with a minority, whose answers are held back until the other has led and this one leads again, by a log that gave way.
    /// </summary>
    private async Task AnswerLateAsync(SimulatedNode first, SimulatedNode second)
    {
        await LeadAsync(first, voters);
        random.Shuffle(voters);
        var (minority, rest) = (voters[..(voters.Length / 2)], voters[(voters.Length / 2)..]);
        var held = minority.Select(voter => Hold(voter, first)).ToArray();
        Gather(first, minority);
        await pace.PauseAsync(20, 200);
        await LeadAsync(second, rest);
        await pace.PauseAsync(0, 100);
        await LeadAsync(first, rest);
        await pace.PauseAsync(0, 60);
        Gather(first, voters);
        await pace.PauseAsync(0, 30);
        foreach (var way in held)
            way?.End();
        await pace.PauseAsync(50, 200);
    }

    /// <summary>
    /// One is elected by a bare majority of servers and crashes at once. The other, which was away meanwhile, asks it, and those who were away
    /// too, for their votes in the same term.
    /// </summary>
    private async Task ForgetAsync(SimulatedNode winner, SimulatedNode away)
    {
        await LeadAsync(away, cluster.Nodes);
        await pace.UntilAsync(() => cluster.Nodes.All(n => Term(n) == Term(away)), LeadMax);
        random.Shuffle(voters);
        var asked = voters[..((voters.Length + 1) / 2)];
        SlowDown(n => n == winner);
        Gather(winner, asked);
        if (!await pace.UntilAsync(() => Role(winner) is RaftRole.Leader, LeadMax))
            return;
        // Before those who elected it have an entry of its term, or after.
        if (random.Chance(0.5))
            await pace.PauseAsync(0, 40);
        Hurry(winner);
        Strike(FaultKind.Crash, Instant, 0, winner);
        Gather(away, [winner, .. voters.Except(asked)]);
        await pace.UntilAsync(() => Role(away) is RaftRole.Leader, LeadMax);
    }

    /// <summary>One of the rivals hears these voters and is heard, until it leads; whoever of them leads before hands over.</summary>
    private async Task LeadAsync(SimulatedNode rival, IReadOnlyList<SimulatedNode> company)
    {
        Gather(rival, company);
        await pace.UntilAsync(
            () =>
            {
                if (random.Chance(0.05) && company.FirstOrDefault(n => n != rival && Role(n) is RaftRole.Leader) is { } leader
                    && cluster.World.Did($"{HandOverName}{leader.Name}-{rival.Name}"))
                    HandOver(leader, rival);
                return Role(rival) is RaftRole.Leader;
            },
            LeadMax);
    }

    private static void HandOver(SimulatedNode from, SimulatedNode to)
    {
        if (from.Host is { } host)
            _ = HandOverAsync(host, to.Id);
    }

    private static async Task HandOverAsync(ReplicaHost host, NodeId to)
    {
        try
        {
            await host.TransferLeadershipAsync(SimulatedNode.Group, to, default);
        }
        catch (Exception e) when (e is ReplicationException or OperationCanceledException)
        {
            // It leads no more, or its successor did not take over in time; elections go on.
        }
    }

    private void Gather(SimulatedNode rival, IReadOnlyList<SimulatedNode> company) =>
        links.Keep((a, b) => (a == rival || company.Contains(a)) && (b == rival || company.Contains(b)));

    /// <summary>A node goes on to hear whom it heard, and is not heard any more.</summary>
    private void Mute(SimulatedNode node) => links.Keep((a, b) => a != node && links.IsKept(a, b));

    private void SlowDown(Func<SimulatedNode, bool> isSlow, int max = SlownessMax)
    {
        foreach (var node in cluster.Nodes)
            Hurry(node);
        foreach (var node in cluster.Nodes.Where(isSlow))
        {
            if (Strike(FaultKind.SlowDisk, TimeSpan.Zero, random.Next(1, max), node) is { } fault)
                slow.Add(node, fault);
        }
    }

    private void Hurry(SimulatedNode node)
    {
        if (slow.Remove(node, out var fault))
            fault.End();
    }

    /// <summary>Mostly crashes a node and boots it again at once: what it had not synced may be lost.</summary>
    private void Flap(SimulatedNode node)
    {
        if (!node.Machine.IsUp || random.Chance(0.2))
            return;
        Hurry(node);
        Strike(FaultKind.Crash, pace.Draw(1, 30), 0, node);
    }

    private OpenFault? Hold(SimulatedNode from, SimulatedNode to) => cluster.World.Open(
        new FaultAction(FaultKind.Hold, cluster.World.Now) { Targets = [from.Name], Others = [to.Name] });

    private OpenFault? Strike(FaultKind kind, TimeSpan duration, double amount, params SimulatedNode[] nodes) => cluster.World.Open(
        new FaultAction(kind, cluster.World.Now, duration) { Targets = [.. nodes.Select(n => n.Name)], Amount = amount });

    private bool HasAsked(SimulatedNode rival) => Role(rival) is RaftRole.Candidate && voters.All(v => Term(v) == Term(rival));

    private static RaftRole? Role(SimulatedNode node) => node.Host?.Inspect(SimulatedNode.Group).Role;

    private static long Term(SimulatedNode node) => node.Host?.Inspect(SimulatedNode.Group).Term ?? 0;
}
