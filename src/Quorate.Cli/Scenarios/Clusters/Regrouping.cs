using Quorate.Protocols.Raft;
using Quorate.Services.Replication;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// A nemesis for changes of members: two leaders, one after the other, each change the voters while they hear only a part of the others,
/// and then the first comes back with what it had; or a leader has voters removed, itself or others, and hears only those that are none. Each
/// order to change the voters is an operation of the run's schedule.
/// </summary>
/// <remarks>Source: Ongaro, "bug in single-server membership changes", raft-dev, 2015.</remarks>
internal sealed class Regrouping
{
    private const string ChangeName = "change-";

    // A sync is done after the leader was cut off, and long before anybody stands.
    private const double Slowness = 60;
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
    public void Begin()
    {
        cluster.World.Repeat(ChangeName, change => Repeat(change));
        if (!cluster.Repeats)
            cluster.World.After(TimeSpan.Zero, Run);
    }

    /// <summary>Ends in the midst of things. What is cut off comes back with the world's healing.</summary>
    public void End() => pace.End();

    private async void Run()
    {
        while (true)
        {
            links.Keep((_, _) => true);
            switch (random.Next(10))
            {
                case < 2:
                    if (await ResetAsync(voters[..3], [voters[3], spare]))
                        await LeadLearnersAsync();
                    break;
                case 2:
                    if (await ResetAsync([.. cluster.Nodes], []))
                        await LeadRemovedAsync();
                    break;
                case 3:
                    if (await ResetAsync(voters, []))
                        await LeadItselfOutAsync();
                    break;
                default:
                    if (await ResetAsync(voters, []))
                        await RegroupAsync();
                    break;
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
                Change(leader, to, learners, hasNewcomer: true, () => isDone = true);
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
        Change(first, Draw(first));
        await pace.UntilAsync(() => Stands(rest) is not null, LeadMax);
        if (Stands(rest) is not { } second)
            return;
        // Who asked for votes gets the answers of all, and then is heard by some of them only.
        await pace.UntilAsync(() => rest.All(r => Term(r) >= Term(second)), TimeSpan.FromMilliseconds(60));
        var deaf = rest.Where(r => r != second).Take(random.Next(1, 3)).ToArray();
        links.Keep((a, b) => links.IsKept(a, b) && !(a == second && deaf.Contains(b)));
        await pace.UntilAsync(() => Role(second) is RaftRole.Leader, TimeSpan.FromSeconds(0.3));
        Change(second, [.. Draw(second).Where(n => random.Chance(0.5) || n != first)]);
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

    /// <summary>
    /// Two of five voters are removed. Then they are all that is left to one of the three, the leader or another, and the two that are left of the
    /// three go on.
    /// </summary>
    private async Task LeadRemovedAsync()
    {
        if (Leader(cluster.Nodes) is not { } first)
            return;
        var rest = cluster.Nodes.Where(n => n != first).ToArray();
        random.Shuffle(rest);
        var (kept, removed) = (rest[..2], rest[2..]);
        var isDone = false;
        Change(first, [first, .. kept], done: () => isDone = true);
        if (!await pace.UntilAsync(() => isDone, LeadMax))
            return;
        await pace.PauseAsync(0, 100);
        var apart = random.Chance(0.5) ? first : kept[0];
        Gather([apart, .. removed]);
        await pace.UntilAsync(() => cluster.Nodes.Any(n => n != first && Role(n) is RaftRole.Leader), LeadMax);
        await pace.PauseAsync(20, 400);
    }

    /// <summary>
    /// The leader removes itself, for the spare. When it hears that a majority has both sets of voters, only the spare hears it; of the others, whose
    /// disks are slow, one leads.
    /// </summary>
    private async Task LeadItselfOutAsync()
    {
        if (Leader(voters) is not { } first)
            return;
        var rest = voters.Where(v => v != first).ToArray();
        random.Shuffle(rest);
        var slow = cluster.World.Open(
            new FaultAction(FaultKind.SlowDisk, cluster.World.Now) { Targets = [.. rest.Select(n => n.Name)], Amount = Slowness });
        Change(first, [spare, .. rest[..2]]);
        await pace.PauseAsync(2, 12);
        links.Keep((a, b) => a != first || b == spare);
        await pace.UntilAsync(() => rest.Any(r => Role(r) is RaftRole.Leader), LeadMax);
        slow?.End();
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

    /// <summary>Orders a node to change the members, where it is up.</summary>
    private void Change(SimulatedNode at, SimulatedNode[] to, SimulatedNode[]? learners = null, bool hasNewcomer = false, Action? done = null)
    {
        if (at.Host is { } host && cluster.World.Did(
            $"{ChangeName}{at.Name}-{(hasNewcomer ? "newcomer" : "known")}-{Names(to)}-{Names(learners ?? [])}"))
            _ = ChangeAsync(host, to, learners ?? [], hasNewcomer, done);
    }

    private void Repeat(string change)
    {
        if (change.Split('-') is [var name, var newcomer, var to, var learners] && cluster.Named(name) is { Host: { } host })
            _ = ChangeAsync(host, Named(to), Named(learners), newcomer == "newcomer", null);
    }

    private static string Names(SimulatedNode[] nodes) => string.Join('+', nodes.Select(n => n.Name));

    private SimulatedNode[] Named(string names) => [.. names.Split('+').Select(cluster.Named).OfType<SimulatedNode>()];

    // Whoever begins a round knows the spare's address already: telling it once more would have to be committed first.
    private async Task ChangeAsync(ReplicaHost host, SimulatedNode[] to, SimulatedNode[] learners, bool hasNewcomer, Action? done)
    {
        try
        {
            var target = new Configuration(to.Select(n => n.Id), learners: learners.Select(n => n.Id));
            PeerMember[] newcomers = hasNewcomer ? [new PeerMember(spare.Name, spare.PeerAddress, "")] : [];
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
