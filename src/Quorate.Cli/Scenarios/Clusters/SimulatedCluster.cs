using System.Globalization;
using Quorate.Checking.Histories;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication;
using Quorate.Simulation;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Machines;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>The real services on simulated machines, and one more machine, which no fault of machines reaches, for the clients.</summary>
internal sealed class SimulatedCluster : IDisposable
{
    private const ulong FirstClusterId = 0x51a7;
    private const string FirstPrefix = "n";
    private const int PeerPort = 7000;
    private static readonly TimeSpan ClientsEndMax = TimeSpan.FromSeconds(120);
    private readonly List<Func<IMachine, Task>> clients = [];
    private readonly ulong clusterId = FirstClusterId;
    private SimulatedMachine? clientMachine;

    public SimulatedCluster(ulong seed, ClusterOptions options)
    {
        World = new World(seed, options.World);
        Repeats = World.IsReplay && !options.World.StrikesInReplay;
        Random = SeededRandom.For(seed, "scenario");
        AddNodes(FirstPrefix, options, (node, host) => options.TuneVersion is not { } tune
            ? (machine, _, stop) => node.RunAsync(machine, stop)
            : (machine, version, stop) => node.RunAsync(machine, tune(host, version), stop));
    }

    private SimulatedCluster(SimulatedCluster other, string prefix, ClusterOptions options, NodeProgram program)
    {
        (World, Repeats, Random, clusterId) = (other.World, other.Repeats, other.Random, other.clusterId + 1);
        AddNodes(prefix, options, program);
    }

    public World World { get; }

    /// <summary>Whether a schedule is replayed that has all that was done to the cluster, so that nobody decides on it now.</summary>
    public bool Repeats { get; }

    /// <summary>Chance for the scenario's own choices.</summary>
    public SeededRandom Random { get; }

    public List<SimulatedNode> Nodes { get; } = [];

    public Metrics Metrics { get; } = new();

    /// <summary>What the clients did and saw, once there are clients.</summary>
    public HistoryRecorder? History { get; private set; }

    /// <summary>When the history's clock began.</summary>
    public TimeSpan HistoryBegan { get; private set; }

    /// <summary>Whether the clients should come to an end.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>A node by its name; null where there is none, as in a replay with fewer machines.</summary>
    public SimulatedNode? Named(string name) => Nodes.FirstOrDefault(n => n.Name == name);

    /// <summary>Adds a client; it runs once <see cref="StartClients"/> is called.</summary>
    /// <param name="client">What it does until <see cref="IsEnding"/>.</param>
    public void AddClient(Func<IMachine, Task> client) => clients.Add(client);

    /// <summary>Boots the clients' machine.</summary>
    public void StartClients() => clientMachine = World.AddClient("clients", async (machine, _) =>
    {
        (History, HistoryBegan) = (new HistoryRecorder(clock: machine.Clock), World.Now);
        await Task.WhenAll(clients.Select(client => client(machine)));
    });

    /// <summary>Runs under faults for a time, heals, and lets the clients end.</summary>
    /// <param name="faults">The faults.</param>
    /// <param name="time">How long they last.</param>
    /// <param name="end">Ends what else the scenario does to the cluster, before it is healed.</param>
    public void RunUnder(FaultPlan faults, TimeSpan time, Action? end = null)
    {
        World.Inject(faults);
        World.Run(World.Horizon(time));
        end?.Invoke();
        World.Heal();
        EndClients();
    }

    /// <summary>Tells the clients to end and waits for that.</summary>
    public void EndClients()
    {
        IsEnding = true;
        if (!World.RunUntil(() => clientMachine!.HasFinished, ClientsEndMax))
            throw new ViolationException($"a client did not come to an end within {ClientsEndMax.TotalSeconds} s of a healed cluster");
    }

    /// <summary>Adds another cluster to the world, which ends with this one.</summary>
    /// <param name="prefix">What its nodes' names begin with.</param>
    /// <param name="options">The cluster.</param>
    /// <param name="program">What its machines run.</param>
    public SimulatedCluster Beside(string prefix, ClusterOptions options, NodeProgram program) => new(this, prefix, options, program);

    public void Dispose() => World.Dispose();

    private void AddNodes(string prefix, ClusterOptions options, NodeProgram program)
    {
        var members = Enumerable.Range(1, options.Machines)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}"))
            .Select(name => new PeerMember(name, new NetworkAddress(name, PeerPort)))
            .ToArray();
        var first = members.Take(options.Voters).ToArray();
        for (var i = 0; i < options.Machines; i++)
            Nodes.Add(AddNode(members, first, i, options, program));
        ClusterWatch.Begin(World, Nodes);
    }

    private SimulatedNode AddNode(PeerMember[] all, PeerMember[] first, int index, ClusterOptions options, NodeProgram program)
    {
        var isFirst = index < first.Length;
        var host = options.Tune(new ReplicaHostOptions
        {
            NodeName = all[index].Name,
            ClusterId = clusterId,
            PeerListen = all[index].PeerAddress,
            Members = isFirst ? first : all,
            CommandBytesMax = 128 << 10,
            LogSegmentBytes = 256 << 10,
            SnapshotEntries = 200,
            // So little that followers which lag are fed from the disk, too.
            Raft = RaftOptions.Lan with { LogMemoryBytes = 2 << 10 },
            RepairsFromPeers = options.HashCheckInterval is not null,
        });
        var node = new SimulatedNode(all[index].Name, host, isFirst ? null : Array.Empty<NodeId>(), options);
        node.Machine = World.AddMachine(node.Name, program(node, host));
        return node;
    }
}

/// <summary>What a machine runs for a node, by the version that it runs.</summary>
/// <param name="node">The node.</param>
/// <param name="host">Its host's settings.</param>
internal delegate Func<IMachine, int, CancellationToken, Task> NodeProgram(SimulatedNode node, ReplicaHostOptions host);
