using System.Globalization;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Protocols.Raft;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// A nemesis of an idle cluster: one node at a time loses links, and comes back. A leader that a majority hears and answers must stay, in
/// its term, whatever the one node does; a leader that nobody answers must go. Each disturbance is an operation of the run's schedule, with
/// the links that it cuts: what must hold follows from them.
/// </summary>
/// <remarks>Source: Ongaro's thesis, sections 6.2 (check-quorum) and 9.6 (pre-vote).</remarks>
internal sealed class Disturbances
{
    /// <summary>A connection that stood still is in use again after at most 32 times this, and so before the next disturbance begins: until
    /// then a node whose links are there is not heard.</summary>
    public static readonly TimeSpan RetransmitAfter = TimeSpan.FromMilliseconds(10);

    private const string DisturbName = "disturb-";
    private const int Rounds = 8;
    private const int CalmMillisecondsMin = 700;
    private static readonly string[] Kinds = ["apart", "deaf", "pair", "leader"];
    private static readonly TimeSpan SettleMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(1.5);
    private readonly SimulatedCluster cluster;
    private readonly SeededRandom random;
    private readonly Links links;
    private readonly Pace pace;
    private Task last = Task.CompletedTask;
    private TimeSpan calmFrom;
    private int left;

    /// <summary>Prepares the nemesis.</summary>
    /// <param name="cluster">The cluster.</param>
    public Disturbances(SimulatedCluster cluster)
    {
        this.cluster = cluster;
        random = SeededRandom.For(cluster.World.Seed, "disturbances");
        links = new Links(cluster, isPart: true);
        pace = new Pace(cluster.World, random);
    }

    /// <summary>Whether all rounds are over, or one of them showed a violation.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What went wrong, or null.</summary>
    public ViolationException? Violation { get; private set; }

    /// <summary>Begins.</summary>
    public void Begin()
    {
        left = cluster.World.Repeat(DisturbName, what => last = FollowAsync(last, what));
        cluster.World.After(TimeSpan.Zero, () => last = cluster.Repeats ? GuardAsync(SettleAsync) : DecideAsync());
    }

    private async Task DecideAsync()
    {
        left = Rounds;
        while (!HasEnded)
            await GuardAsync(DrawAsync);
    }

    private async Task DrawAsync()
    {
        await SettleAsync();
        await pace.PauseAsync(CalmMillisecondsMin, 2500);
        left--;
        if (Leader() is null)
            return;
        var (other, kind) = (random.Next(cluster.Nodes.Count - 1), random.Next(Kinds.Length));
        var time = kind < Kinds.Length - 1 ? pace.Draw(300, 5000) : SettleMax;
        var what = string.Create(CultureInfo.InvariantCulture, $"{Kinds[kind]}-{other}-{time.Ticks}");
        if (cluster.World.Did(DisturbName + what))
            await DisturbAsync(what);
    }

    // With other chance the nodes may settle late; and a connection that stood still must be in use again.
    private async Task FollowAsync(Task before, string what)
    {
        await before;
        if (HasEnded)
            return;
        await GuardAsync(async () =>
        {
            if (cluster.World.Now < calmFrom)
                await pace.PauseAsync(calmFrom - cluster.World.Now);
            await SettleAsync();
            left--;
            await DisturbAsync(what);
            if (left > 0)
                await SettleAsync();
        });
    }

    private async Task GuardAsync(Func<Task> round)
    {
        try
        {
            await round();
        }
        catch (ViolationException e)
        {
            Violation = e;
        }

        calmFrom = cluster.World.Now + TimeSpan.FromMilliseconds(CalmMillisecondsMin);
        HasEnded = left == 0 || Violation is not null;
    }

    private async Task SettleAsync()
    {
        links.Keep((_, _) => true);
        if (!await pace.UntilAsync(HasSettled, SettleMax))
            throw new ViolationException($"{SettleMax.TotalSeconds} s after all links were there, the nodes do not follow one leader");
    }

    /// <summary>Carries a disturbance out: of which kind, of which of those who do not lead, and for how long at most.</summary>
    private async Task DisturbAsync(string what)
    {
        var others = cluster.Nodes.Where(n => n != Leader()).ToArray();
        if (what.Split('-') is not [var kind, var place, var ticks] || Leader() is not { } leader
            || !int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= others.Length
            || !long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var time))
            return;
        var (other, lasting) = (others[index], new TimeSpan(time));
        await (kind switch
        {
            "apart" => WithoutAsync(leader, lasting, $"{other.Name} hears nobody and is not heard", (a, b) => a != other && b != other),
            "deaf" => WithoutAsync(leader, lasting, $"{other.Name} hears nobody", (_, b) => b != other),
            "pair" => WithoutAsync(
                leader,
                lasting,
                $"{other.Name} and the leader do not hear each other",
                (a, b) => !((a == other && b == leader) || (a == leader && b == other))),
            _ => DeafenAsync(leader),
        });
    }

    private async Task WithoutAsync(SimulatedNode leader, TimeSpan time, string what, Func<SimulatedNode, SimulatedNode, bool> isKept)
    {
        var term = Term(leader);
        cluster.Metrics.Add("disturbed");
        links.Keep(isKept);
        var isDeposed = await pace.UntilAsync(() => !Leads(leader) || Term(leader) != term, time);
        links.Keep((_, _) => true);
        if (isDeposed || await pace.UntilAsync(() => !Leads(leader) || Term(leader) != term, Aftermath))
            throw new ViolationException($"{leader.Name}, which led a majority in term {term}, was deposed because {what}");
    }

    /// <summary>The leader hears nobody, but all hear it, so that nobody else stands before it gives up.</summary>
    private async Task DeafenAsync(SimulatedNode leader)
    {
        cluster.Metrics.Add("deaf leaders");
        links.Keep((_, b) => b != leader);
        if (!await pace.UntilAsync(() => cluster.Nodes.Any(n => n != leader && Leads(n)), SettleMax))
            throw new ViolationException(
                $"{SettleMax.TotalSeconds} s after {leader.Name}, which led, was cut off from all answers, nobody else leads");
    }

    private bool HasSettled() => Leader() is { } leader && cluster.Nodes.All(n => Term(n) == Term(leader) && Known(n) == leader.Id.Value);

    private SimulatedNode? Leader() => cluster.Nodes.Where(Leads).MaxBy(Term);

    private static bool Leads(SimulatedNode node) => node.Host?.Inspect(SimulatedNode.Group).Role is RaftRole.Leader;

    private static long Term(SimulatedNode node) => node.Host?.Inspect(SimulatedNode.Group).Term ?? 0;

    private static ulong Known(SimulatedNode node) => node.Host?.Inspect(SimulatedNode.Group).Leader.Value ?? 0;
}
