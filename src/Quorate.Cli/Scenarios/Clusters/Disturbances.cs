using Quorate.Cli.Scenarios.Violations;
using Quorate.Protocols.Raft;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// A nemesis of an idle cluster: one node at a time loses links, and comes back. A leader that a majority hears and answers must stay, in
/// its term, whatever the one node does; a leader that nobody answers must go.
/// </summary>
/// <remarks>Source: Ongaro's thesis, sections 6.2 (check-quorum) and 9.6 (pre-vote).</remarks>
internal sealed class Disturbances
{
    /// <summary>A connection that stood still is in use again after at most 32 times this, and so before the next disturbance begins: until
    /// then a node whose links are there is not heard.</summary>
    public static readonly TimeSpan RetransmitAfter = TimeSpan.FromMilliseconds(10);

    private const int Rounds = 8;
    private const int CalmMillisecondsMin = 700;
    private static readonly TimeSpan SettleMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(1.5);
    private readonly SimulatedCluster cluster;
    private readonly SeededRandom random;
    private readonly Links links;
    private readonly Pace pace;

    /// <summary>Prepares the nemesis.</summary>
    /// <param name="cluster">The cluster.</param>
    public Disturbances(SimulatedCluster cluster)
    {
        this.cluster = cluster;
        random = SeededRandom.For(cluster.World.Seed, "disturbances");
        links = new Links(cluster);
        pace = new Pace(cluster.World, random);
    }

    /// <summary>Whether all rounds are over, or one of them showed a violation.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What went wrong, or null.</summary>
    public ViolationException? Violation { get; private set; }

    /// <summary>Begins.</summary>
    public void Begin() => cluster.World.After(TimeSpan.Zero, Run);

    private async void Run()
    {
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                links.Keep((_, _) => true);
                if (!await pace.UntilAsync(HasSettled, SettleMax))
                    throw new ViolationException($"{SettleMax.TotalSeconds} s after all links were there, the nodes do not follow one leader");
                await pace.PauseAsync(CalmMillisecondsMin, 2500);
                if (Leader() is { } leader)
                    await DisturbAsync(leader);
            }
        }
        catch (ViolationException e)
        {
            Violation = e;
        }

        HasEnded = true;
    }

    private async Task DisturbAsync(SimulatedNode leader)
    {
        var others = cluster.Nodes.Where(n => n != leader).ToArray();
        var other = others[random.Next(others.Length)];
        switch (random.Next(4))
        {
            case 0:
                await WithoutAsync(leader, $"{other.Name} hears nobody and is not heard", (a, b) => a != other && b != other);
                break;
            case 1:
                await WithoutAsync(leader, $"{other.Name} hears nobody", (_, b) => b != other);
                break;
            case 2:
                await WithoutAsync(
                    leader,
                    $"{other.Name} and the leader do not hear each other",
                    (a, b) => !((a == other && b == leader) || (a == leader && b == other)));
                break;
            default:
                await DeafenAsync(leader);
                break;
        }
    }

    private async Task WithoutAsync(SimulatedNode leader, string what, Func<SimulatedNode, SimulatedNode, bool> isKept)
    {
        var term = Term(leader);
        cluster.Metrics.Add("disturbed");
        links.Keep(isKept);
        var isDeposed = await pace.UntilAsync(() => !Leads(leader) || Term(leader) != term, pace.Draw(300, 5000));
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
