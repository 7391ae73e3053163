using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Coordination.Serving;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;
using Quorate.Simulation;
using Quorate.Simulation.Machines;

namespace Quorate.Tests.Services.Coordination;

/// <summary>A coordination service on three replicas in a simulated world.</summary>
internal sealed class ReplicatedCoordination : IDisposable
{
    private readonly Func<ReplicaHostOptions, ReplicaHostOptions> tune;

    public ReplicatedCoordination(ulong seed, Func<ReplicaHostOptions, ReplicaHostOptions>? tune = null)
    {
        this.tune = tune ?? (given => given);
        World = new World(seed);
        PeerMember[] members = [.. Enumerable.Range(1, 3).Select(i => new PeerMember($"n{i}", new NetworkAddress($"n{i}", 7000)))];
        foreach (var member in members)
        {
            var replica = new Replica(member.Name);
            Replicas.Add(replica);
            replica.Machine = World.AddMachine(member.Name, (machine, stop) => RunAsync(replica, machine, members, stop));
        }

        RunUntil(() => Replicas.All(replica => replica.IsReady) && Replicas.Any(replica => replica.Group.IsLeader), "a leader");
    }

    public World World { get; }

    public List<Replica> Replicas { get; } = [];

    public Replica Leader => Replicas.First(replica => replica.IsReady && replica.Group.IsLeader);

    public Replica Follower => Replicas.First(replica => replica.IsReady && !replica.Group.IsLeader);

    public void RunUntil(Func<bool> done, string what) =>
        Assert.True(World.RunUntil(done, TimeSpan.FromSeconds(60)), $"not {what} (seed {World.Seed})");

    public T Do<T>(Replica replica, Func<CoordinationService, ValueTask<T>> call)
    {
        var task = replica.Strand.InvokeAsync(() => call(replica.Service!).AsTask());
        RunUntil(() => task.IsCompleted, "answered");
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Cuts a replica off until the others have given up its links, so that their logs no longer wait for it.</summary>
    public void CutOffForLong(Replica replica)
    {
        World.Network.Isolate(replica.Name);
        World.Run(TimeSpan.FromSeconds(40));
    }

    /// <summary>The first index that is in a replica's log.</summary>
    public long LogBegin(Replica replica) => ((ReplicaGroup)replica.Group).Core.FirstIndex;

    public void Dispose() => World.Dispose();

    private async Task RunAsync(Replica replica, IMachine machine, PeerMember[] members, CancellationToken stop)
    {
        replica.Service = null;
        replica.Strand = (Strand)SynchronizationContext.Current!;
        var store = new CoordinationStore();
        var options = tune(new ReplicaHostOptions
        {
            NodeName = replica.Name,
            ClusterId = 8,
            PeerListen = new NetworkAddress(replica.Name, 7000),
            Members = members,
        });
        replica.Host = await ReplicaHost.StartAsync(machine, replica.Strand, options, [new GroupSetup(1, store)], stop);
        replica.Service = new CoordinationService(
            machine, replica.Strand, replica.Host.Group(1), store, new CoordinationOptions { ClusterId = 8 });
        replica.Boot = replica.Machine.Boots;
        await replica.Host.Completion;
    }

    public sealed class Replica(string name)
    {
        public string Name { get; } = name;

        public SimulatedMachine Machine { get; set; } = null!;

        public Strand Strand { get; set; } = null!;

        public ReplicaHost Host { get; set; } = null!;

        public CoordinationService? Service { get; set; }

        public int Boot { get; set; }

        public bool IsReady => Machine.IsUp && Service is not null && Boot == Machine.Boots;

        public IReplicatedGroup Group => Host.Group(1);
    }
}
