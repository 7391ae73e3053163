using Quorate.Protocols.Raft;
using Quorate.Services.Replication;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// A nemesis for changes of members: two leaders, one after the other, each change the voters while they hear only a part of the others,
/// and then the first comes back with what it had. Four of five machines have a vote at the start of each round.
/// </summary>
/// <remarks>Source: Ongaro, "bug in single-server membership changes", raft-dev, 2015.</remarks>
internal sealed class Regrouping
{
    private static readonly TimeSpan LeadMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ResetMax = TimeSpan.FromSeconds(6);
    private readonly SimulatedCluster cluster;
    private readonly SeededRandom random;
    private readonly Links links;
    private readonly Pace pace;
    private readonly SimulatedNode[] voters;
    private readonly SimulatedNode spare;

    /// <summary>Prepares the nemesis.</summary>
    /// <param name="cluster">A cluster of five machines; the last has no vote at first.</param>
    public Regrouping(SimulatedCluster cluster)
    {
        this.cluster = cluster;
        random = SeededRandom.For(cluster.World.Seed, "regrouping");
        links = new Links(cluster);
        pace = new Pace(cluster.World, random);
        (voters, spare) = ([.. cluster.Nodes.SkipLast(1)], cluster.Nodes[^1]);
    }

    /// <summary>Begins.</summary>
    public void Begin() => cluster.World.After(TimeSpan.Zero, Run);

    /// <summary>Ends in the midst of things. What is cut off comes back with the world's healing.</summary>
    public void End() => pace.End();

    private async void Run()
    {
        while (true)
        {
            links.Keep((_, _) => true);
            if (random.Chance(0.25))
            {
                if (await ResetAsync(voters[..3], [voters[3], spare]))
                    await LeadLearnersAsync();
            }
            else if (await ResetAsync(voters, []))
            {
                await RegroupAsync();
            }
        }
    }

    /// <summary>Brings the members to what a round begins with.</summary>
    private async Task<bool> ResetAsync(SimulatedNode[] to, SimulatedNode[] learners)
    {
        var isDone = false;
        var deadline = cluster.World.Now + ResetMax;
        while (!isDone && cluster.World.Now < deadline)
        {
            if (Leader(cluster.Nodes) is { } leader)
                _ = ChangeAsync(leader, to, learners, () => isDone = true);
            await pace.UntilAsync(() => isDone, TimeSpan.FromSeconds(0.5));
        }
        await pace.PauseAsync(20, 300);
        return isDone;
    }

    private async Task RegroupAsync()
    {
        if (Leader(voters) is not { } first)
            return;
        var rest = voters.Where(v => v != first).ToArray();
        random.Shuffle(rest);
        Gather([first, spare, .. rest.Take(random.Chance(0.3) ? 1 : 0)]);
        _ = ChangeAsync(first, Draw(first), [], null);
        await pace.UntilAsync(() => Stands(rest) is not null, LeadMax);
        if (Stands(rest) is not { } second)
            return;
        // Who asked for votes gets the answers of all, and then is heard by some of them only.
        await pace.UntilAsync(() => rest.All(r => Term(r) >= Term(second)), TimeSpan.FromMilliseconds(60));
        var deaf = rest.Where(r => r != second).Take(random.Next(1, 3)).ToArray();
        links.Keep((a, b) => links.IsKept(a, b) && !(a == second && deaf.Contains(b)));
        await pace.UntilAsync(() => Role(second) is RaftRole.Leader, TimeSpan.FromSeconds(0.3));
        _ = ChangeAsync(second, Draw(second).Where(n => random.Chance(0.5) || n != first), [], null);
        await pace.PauseAsync(20, 400);
        Gather([first, spare, .. deaf]);
        await pace.UntilAsync(() => Role(first) is RaftRole.Leader || deaf.Any(d => Role(d) is RaftRole.Leader), LeadMax);
        await pace.PauseAsync(20, 400);
    }

    /// <summary>Of three voters the leader keeps two learners, and the two voters that are left elect another.</summary>
    private async Task LeadLearnersAsync()
    {
        if (Leader(voters[..3]) is not { } first)
            return;
        Gather([first, voters[3], spare]);
        await pace.PauseAsync(20, 200);
        await pace.UntilAsync(() => voters[..3].Any(v => v != first && Role(v) is RaftRole.Leader), LeadMax);
        await pace.PauseAsync(20, 400);
    }

    /// <summary>Other voters than now: one more, one less, or some others, but always who is asked.</summary>
    private SimulatedNode[] Draw(SimulatedNode asked)
    {
        var others = voters.Where(v => v != asked).ToArray();
        random.Shuffle(others);
        return random.Next(4) switch
        {
            0 => [asked, .. others, spare],
            1 => [asked, .. others.Skip(1)],
            2 => [asked, .. others.Skip(1), spare],
            _ => [asked, spare],
        };
    }

    // Whoever begins a round knows the spare's address already: telling it once more would have to be committed first.
    private async Task ChangeAsync(SimulatedNode at, IEnumerable<SimulatedNode> to, SimulatedNode[] learners, Action? done)
    {
        if (at.Host is not { } host)
            return;
        try
        {
            var target = new Configuration(to.Select(n => n.Id), learners: learners.Select(n => n.Id));
            var newcomers = done is null ? [] : new[] { new PeerMember(spare.Name, spare.PeerAddress, "") };
            await host.ChangeMembersAsync(SimulatedNode.Group, target, newcomers, default);
            cluster.Metrics.Add("change ok");
            done?.Invoke();
        }
        catch (Exception e) when (e is ReplicationException or OperationCanceledException)
        {
            cluster.Metrics.Add("change refused");
        }
    }

    private void Gather(SimulatedNode[] side) => links.Keep((a, b) => side.Contains(a) == side.Contains(b));

    private static SimulatedNode? Stands(SimulatedNode[] among) =>
        among.FirstOrDefault(n => Role(n) is RaftRole.Candidate or RaftRole.Leader);

    private static SimulatedNode? Leader(IEnumerable<SimulatedNode> among) => among.Where(n => Role(n) is RaftRole.Leader).MaxBy(Term);

    private static RaftRole? Role(SimulatedNode node) => node.Host?.Inspect(SimulatedNode.Group).Role;

    private static long Term(SimulatedNode node) => node.Host?.Inspect(SimulatedNode.Group).Term ?? 0;
}
