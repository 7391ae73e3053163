using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Kernel.Machines;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Members;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios;

/// <summary>
/// Members are added, promoted and removed one by one, at any node, under faults: what clients see stays linearizable, no step leaves the group
/// without a majority, and who waits for a vote has it soon after the cluster is healed.
/// </summary>
internal sealed class MemberSteps : IScenario
{
    private const int Machines = 6;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan StepPauseMax = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan PromotionMax = TimeSpan.FromSeconds(30);

    public string Name => "member-steps";

    public string Description => "members are added, promoted and removed step by step under faults: linearizable, and who waits gets its vote";

    public SeedResult Run(RunInput seed) => SeedRun.Execute(Name, seed, new ClusterOptions { Machines = Machines }, cluster =>
    {
        for (var i = 0; i < 3; i++)
            cluster.AddClient(new KeyValueClient(cluster, i).RunAsync);
        cluster.AddClient(machine => StepAsync(cluster, machine));
        cluster.StartClients();
        cluster.RunUnder(FaultPlan.NetworkAndCrashes, Time);
        return HistoryCheck.Linearizable(cluster.History!);
    });

    private static async Task StepAsync(SimulatedCluster cluster, IMachine machine)
    {
        var calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf("steps");
        while (await turns.NextAsync(machine, StepPauseMax, () => cluster.IsEnding) is { } turn)
        {
            calls.Random = turn.Random;
            if (calls.AnyNode() is { Host: not null } asked)
                cluster.Metrics.Add(await TryAsync(machine, asked, Draw(cluster, turn.Random)));
        }
        await AllVotesAsync(cluster, machine);
    }

    private static (string Name, Func<IGroupMembership, ValueTask<MembershipAnswer>> Take) Draw(SimulatedCluster cluster, SeededRandom random)
    {
        var node = cluster.Nodes[random.Next(cluster.Nodes.Count)];
        var member = new GroupMember(node.Id, node.Name, node.PeerAddress.ToString(), "", true);
        return random.Next(4) switch
        {
            0 => ("add", steps => steps.AddAsync(member with { PromoteWhenReady = true }, default)),
            1 => ("add a learner", steps => steps.AddAsync(member, default)),
            2 => ("remove", steps => steps.RemoveAsync(node.Id, default)),
            _ => ("promote", steps => steps.PromoteAsync(node.Id, default)),
        };
    }

    private static async Task<string> TryAsync(
        IMachine machine, SimulatedNode asked, (string Name, Func<IGroupMembership, ValueTask<MembershipAnswer>> Take) step)
    {
        var taken = asked.WithGroupAsync(group => TakeAsync(group.Membership, step.Take));
        return $"{step.Name} {await taken.WithinAsync(AttemptMax, machine.Clock) ?? "unknown"}";
    }

    private static async ValueTask<string> TakeAsync(IGroupMembership steps, Func<IGroupMembership, ValueTask<MembershipAnswer>> take)
    {
        try
        {
            return (await take(steps)).ToString().ToLowerInvariant();
        }
        catch (ReplicationException e)
        {
            return e.Error.ToString().ToLowerInvariant();
        }
        catch (OperationCanceledException)
        {
            return "cancelled";
        }
    }

    /// <summary>In a healed cluster every member that was promised a vote has it.</summary>
    private static async Task AllVotesAsync(SimulatedCluster cluster, IMachine machine)
    {
        var until = cluster.World.Now + PromotionMax;
        while (cluster.Nodes.FirstOrDefault(n => n.Host is { } host && host.Group(SimulatedNode.Group).IsLeader) is not { } leader
            || leader.Host!.Group(SimulatedNode.Group).Members.Any(member => member.IsLearner && member.PromoteWhenReady))
        {
            if (cluster.World.Now > until)
                throw new ViolationException($"a member waits for its vote {PromotionMax.TotalSeconds} s after the cluster was healed");
            await Task.Delay(TimeSpan.FromMilliseconds(500), machine.Clock);
        }

        cluster.Metrics.Add("all promised votes given");
    }
}
