using System.Globalization;
using Quorate.Checking.Findings;
using Quorate.Cli.Lab.Messaging;
using Quorate.Cli.Lab.Runs;
using Quorate.Cli.Lab.Stores;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Simulation;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Lab.Cap;

/// <summary>What a store did while the network was cut.</summary>
internal sealed record StoreRun(string Name, IReadOnlyList<Attempt> Attempts, CheckOutcome Verdict, bool IsConfirmed)
{
    private const int Nodes = 5;
    // A read or write asks twice at most, and is done within a client's patience either way.
    private static readonly TimeSpan QuorumPatience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LeaderMax = TimeSpan.FromSeconds(20);

    /// <summary>Which part of the operations at one side was answered.</summary>
    public double Availability(bool isMinor, bool? isRead = null)
    {
        var tried = Attempts.Where(a => a.IsMinor == isMinor && (isRead is null || a.IsRead == isRead)).ToArray();
        return Numbers.Part(tried.Count(a => a.IsAnswered), tried.Length);
    }

    /// <summary>How many operations were tried at one side.</summary>
    public int Tried(bool isMinor) => Attempts.Count(a => a.IsMinor == isMinor);

    /// <summary>The register store with a tuning, cut into three nodes and two, or not cut.</summary>
    public static StoreRun OfQuorums(
        string name, ulong seed, Tuning tuning, bool isCut, WorldTally worlds, bool isFilmed, out Film? film)
    {
        using var world = new World(seed, new WorldOptions { Record = WordsLabeler.Record(isFilmed) });
        var clients = new PartitionedClients(world);
        var names = Enumerable.Range(1, Nodes).Select(NameOf).ToArray();
        var minor = names[(Nodes / 2 + 1)..];
        for (var i = 0; i < Nodes; i++)
        {
            var client = i;
            world.AddMachine(names[i], async (machine, stop) =>
            {
                var courier = await Courier.OpenAsync(machine);
                var others = names.Where(n => n != machine.Name).ToArray();
                var replica = new QuorumReplica(machine, courier, others, tuning, QuorumPatience);
                _ = replica.ServeAsync();
                await clients.WorkAsync(machine, machine.Random, client, minor.Contains(machine.Name), new QuorumSite(replica));
            });
        }
        clients.Run(isCut ? names[..(Nodes / 2 + 1)] : [], isCut ? minor : []);
        return Judge(name, world, clients, worlds, out film);
    }

    /// <summary>The shipped coordination service, its leader and one more node cut off from the other three.</summary>
    public static StoreRun OfRaft(string name, ulong seed, bool readsLocally, WorldTally worlds)
    {
        using var cluster = new SimulatedCluster(seed, new ClusterOptions { Machines = Nodes, Voters = Nodes });
        var clients = new PartitionedClients(cluster.World);
        if (!cluster.World.RunUntil(() => cluster.Nodes.Any(n => n.Host?.Group(SimulatedNode.Group) is { IsLeader: true }), LeaderMax))
            throw new TimeoutException("Nobody leads a cluster to which nothing happened.");
        var leader = cluster.Nodes.FindIndex(n => n.Host?.Group(SimulatedNode.Group) is { IsLeader: true });
        var minor = new[] { cluster.Nodes[leader], cluster.Nodes[(leader + 1) % Nodes] };
        for (var i = 0; i < Nodes; i++)
        {
            var (client, node) = (i, cluster.Nodes[i]);
            var random = SeededRandom.For(seed, $"client {i}");
            cluster.World.AddClient($"client-{i}", (machine, _) => clients.WorkAsync(
                machine, random, client, minor.Contains(node), new RaftSite(node, machine.Clock, PartitionedClients.Patience, readsLocally)));
        }
        clients.Run([.. cluster.Nodes.Except(minor).Select(n => n.Name)], [.. minor.Select(n => n.Name)]);
        return Judge(name, cluster.World, clients, worlds, out _);
    }

    private static StoreRun Judge(string name, World world, PartitionedClients clients, WorldTally worlds, out Film? film)
    {
        worlds.Add(world);
        var check = Checked.Linearizable(clients.History.ToHistory(), out var isConfirmed);
        film = Film.Of(world, "The picture: while the network is cut each side goes on with the nodes that it reaches. What one side writes, "
            + "the other does not see: the operations that are lit up have no order that one copy could explain.");
        film = film is null ? null : film with { History = clients.History.ToEvents(), Check = check };
        return new StoreRun(name, clients.Attempts, check.Outcome, isConfirmed);
    }

    private static string NameOf(int node) => string.Create(CultureInfo.InvariantCulture, $"n{node}");
}
