using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios;

/// <summary>
/// The members of the group change again and again under faults; what clients see stays linearizable, and the group never dies.
/// </summary>
internal sealed class RaftMembership : IScenario
{
    private const int Machines = 6;
    private const int VotersMin = 2;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan ChangePauseMax = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(6);

    public string Name => "raft-membership";

    public string Description => "voters and learners come and go among 6 machines under faults: linearizable, and alive afterwards";

    public SeedResult Run(RunInput seed) => SeedRun.Execute(Name, seed, new ClusterOptions { Machines = Machines }, cluster =>
    {
        for (var i = 0; i < 4; i++)
            cluster.AddClient(new KeyValueClient(cluster, i).RunAsync);
        cluster.AddClient(machine => ChangeAsync(cluster, machine));
        cluster.StartClients();
        // A change that removes a majority's disks is not what is tested here: disks keep what they synced.
        cluster.RunUnder(FaultPlan.NetworkAndCrashes, Time);
        return HistoryCheck.Linearizable(cluster.History!);
    });

    private static async Task ChangeAsync(SimulatedCluster cluster, IMachine machine)
    {
        var calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf("members");
        while (await turns.NextAsync(machine, ChangePauseMax, () => cluster.IsEnding) is { } turn)
        {
            calls.Random = turn.Random;
            if (calls.AnyNode().Host is { } host)
                cluster.Metrics.Add(
                    await ChangeOnceAsync(host, Draw(cluster, turn.Random), Newcomers(cluster)).WithinAsync(AttemptMax, machine.Clock)
                    ?? "change unknown");
        }
        await StayAliveAsync(cluster, calls);
    }

    private static Configuration Draw(SimulatedCluster cluster, SeededRandom random)
    {
        var nodes = cluster.Nodes.Select(n => n.Id).ToArray();
        random.Shuffle(nodes);
        var voters = VotersMin + random.Next(nodes.Length - VotersMin);
        var learners = random.Next(nodes.Length - voters + 1) / 2;
        return new Configuration(nodes.Take(voters), learners: nodes.Skip(voters).Take(learners));
    }

    private static PeerMember[] Newcomers(SimulatedCluster cluster) =>
        cluster.Nodes.Select(n => new PeerMember(n.Name, n.PeerAddress, "")).ToArray();

    private static async Task<string> ChangeOnceAsync(ReplicaHost host, Configuration target, PeerMember[] newcomers)
    {
        try
        {
            await host.ChangeMembersAsync(SimulatedNode.Group, target, newcomers, default);
            return "change ok";
        }
        catch (ReplicationException e)
        {
            return $"change {e.Error.ToString().ToLowerInvariant()}";
        }
        catch (OperationCanceledException)
        {
            return "change cancelled";
        }
    }

    /// <summary>Writes at any node until one has done it; the cluster's bound on ending says when that is too late.</summary>
    private static async Task StayAliveAsync(SimulatedCluster cluster, ClientCalls calls)
    {
        while ((await calls.CallAsync(s => s.PutAsync(new("alive"u8.ToArray(), default)))).End != CallEnd.Ok)
            await calls.ThinkAsync(TimeSpan.FromMilliseconds(500));
        cluster.Metrics.Add("alive afterwards");
    }
}
