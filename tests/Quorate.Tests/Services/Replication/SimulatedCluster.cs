using System.Text;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Replication;
using Quorate.Simulation;
using Quorate.Simulation.Machines;

namespace Quorate.Tests.Services.Replication;

/// <summary>Some hosts in a simulated world, each on a machine of its own.</summary>
internal sealed class SimulatedCluster : IDisposable
{
    private readonly Func<ReplicaHostOptions, ReplicaHostOptions> tune;
    private readonly ulong[] groups;

    public SimulatedCluster(
        ulong seed, int count = 3, Func<ReplicaHostOptions, ReplicaHostOptions>? tune = null, ulong[]? groups = null,
        WorldOptions? options = null)
    {
        this.tune = tune ?? (given => given);
        this.groups = groups ?? [1];
        World = new World(seed, options);
        Members = [.. Enumerable.Range(1, count).Select(i => new PeerMember($"n{i}", new NetworkAddress($"n{i}", 7000)))];
        foreach (var member in Members)
            AddNode(member.Name, Members, null);
    }

    public World World { get; }

    public List<PeerMember> Members { get; }

    public SortedDictionary<string, Node> Nodes { get; } = new(StringComparer.Ordinal);

    public Node Leader => Live.First(node => node.Group.IsLeader && node.LeadsAnnounced);

    public IEnumerable<Node> Live => Nodes.Values.Where(node => node.IsReady);

    public Node AddNode(string name, IReadOnlyList<PeerMember> members, IReadOnlyList<NodeId>? voters)
    {
        var node = new Node(name);
        Nodes.Add(name, node);
        node.Machine = World.AddMachine(name, (machine, stop) => RunAsync(node, machine, members, voters, stop));
        return node;
    }

    public void RunUntil(Func<bool> done, int seconds = 60, string what = "it") =>
        Assert.True(World.RunUntil(done, TimeSpan.FromSeconds(seconds)), $"after {seconds} s: not {what} (seed {World.Seed})");

    public void WaitForLeader() => RunUntil(() => Live.Any(node => node.LeadsAnnounced), what: "a leader");

    /// <summary>Waits for a linearizable read on a node and looks for a command in what it has applied then.</summary>
    public Task<bool> Sees(Node node, string command) => node.Strand.InvokeAsync(async () =>
    {
        await node.Group.ReadBarrierAsync(default);
        return node.Tally.Counts.ContainsKey(command);
    });

    /// <summary>Whether a read was answered and did not see what it had to.</summary>
    public static bool HasMissed(Task<bool> read) => read.IsCompletedSuccessfully && !read.Result;

    public void Restart(Node node)
    {
        node.Machine.Disk.Heal();
        node.Machine.Restart();
        RunUntil(() => node.IsReady, what: "up again");
    }

    public string OutcomeOf(Task task, int seconds = 60)
    {
        RunUntil(() => task.IsCompleted, seconds, "done");
        return task.IsCompletedSuccessfully ? "done"
            : task.Exception!.InnerException is ReplicationException e ? $"{e.Error}: {e.Message}" : task.Exception.InnerException!.Message;
    }

    /// <summary>Proposes on a node's strand; the task is looked at, never awaited.</summary>
    public Task<byte[]> Propose(Node node, string command, ulong group = 1) =>
        node.Strand.InvokeAsync(() => node.Host!.Group(group).ProposeAsync(Encoding.UTF8.GetBytes(command), default).AsTask());

    public string Outcome(Task<byte[]> task, int seconds = 60)
    {
        RunUntil(() => task.IsCompleted, seconds, "answered");
        if (task.IsCompletedSuccessfully)
            return Encoding.UTF8.GetString(task.Result);
        return task.Exception!.InnerException is ReplicationException e
            ? $"{e.Error}: {e.Message}" : task.Exception.InnerException!.ToString();
    }

    public T ResultOf<T>(Task<T> task)
    {
        RunUntil(() => task.IsCompleted, what: "done");
        return task.GetAwaiter().GetResult();
    }

    public void Settle(ulong group = 1) => RunUntil(
        () => Live.Select(node => node.Host!.Group(group).AppliedIndex).Distinct().Count() == 1
            && Live.All(node => node.Host!.Group(group).AppliedIndex == node.Host!.Group(group).CommitIndex),
        what: "settled");

    public void Dispose() => World.Dispose();

    private async Task RunAsync(
        Node node, IMachine machine, IReadOnlyList<PeerMember> members, IReadOnlyList<NodeId>? voters, CancellationToken stop)
    {
        (node.Host, node.LeadsAnnounced, node.Failure, node.Inner) = (null, false, null, machine);
        node.Strand = (Strand)SynchronizationContext.Current!;
        node.Tallies = groups.ToDictionary(group => group, _ => new TallyMachine());
        var options = tune(new ReplicaHostOptions
        {
            NodeName = node.Name,
            ClusterId = 77,
            PeerListen = new NetworkAddress(node.Name, 7000),
            Members = members,
        });
        var setups = groups.Select(group => new GroupSetup(group, node.Tallies[group], voters)).ToArray();
        try
        {
            if (node.Salvage is { } salvage)
                await salvage(machine, node.Strand);
            else
                await ServeAsync(node, machine, options, setups, stop);
        }
        catch (IOException e)
        {
            (node.Host, node.Failure) = (null, e);
        }
    }

    private async Task ServeAsync(
        Node node, IMachine machine, ReplicaHostOptions options, GroupSetup[] setups, CancellationToken stop)
    {
        var host = await ReplicaHost.StartAsync(machine, node.Strand, options, setups, stop);
        host.Group(groups[0]).LeadershipChanged += leads => node.LeadsAnnounced = leads;
        (node.Host, node.HostBoot) = (host, node.Machine.Boots);
        node.Started?.Invoke(node);
        stop.Register(() => _ = host.DisposeAsync());
        await host.Completion;
    }

    public sealed class Node(string name)
    {
        public string Name { get; } = name;

        public NodeId Id { get; } = NodeId.FromName(name);

        public SimulatedMachine Machine { get; set; } = null!;

        public Strand Strand { get; set; } = null!;

        public ReplicaHost? Host { get; set; }

        /// <summary>The machine as its programs see it, in this life.</summary>
        public IMachine Inner { get; set; } = null!;

        /// <summary>Why the host could not start or go on.</summary>
        public IOException? Failure { get; set; }

        /// <summary>Done at the next start instead of taking part.</summary>
        public Func<IMachine, Strand, Task>? Salvage { get; set; }

        /// <summary>Called at the end of every start.</summary>
        public Action<Node>? Started { get; set; }

        /// <summary>The boot of the machine that <see cref="Host"/> belongs to.</summary>
        public int HostBoot { get; set; }

        public bool IsReady => Machine.IsUp && Host is not null && HostBoot == Machine.Boots;

        public bool LeadsAnnounced { get; set; }

        public Dictionary<ulong, TallyMachine> Tallies { get; set; } = [];

        public TallyMachine Tally => Tallies.Values.First();

        public IReplicatedGroup Group => Host!.Group(Tallies.Keys.First());
    }
}
