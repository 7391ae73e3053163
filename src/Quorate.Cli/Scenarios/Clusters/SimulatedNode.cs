using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Integrity;
using Quorate.Services.Coordination.Serving;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;
using Quorate.Simulation.Machines;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// A node of the real services on a simulated machine. When its host gives up, it is started anew, as a supervisor would.
/// </summary>
internal sealed class SimulatedNode(
    string name, ReplicaHostOptions options, IReadOnlyList<NodeId>? voters, ClusterOptions cluster)
{
    public const ulong Group = 1;
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    // Slow hashes take real time, which a simulation has no use for.
    private static readonly AuthOptions QuickHashes = new() { PasswordIterations = 1 };

    public string Name => name;

    public NodeId Id { get; } = NodeId.FromName(name);

    public NetworkAddress PeerAddress => options.PeerListen;

    public SimulatedMachine Machine { get; set; } = null!;

    /// <summary>The services, where they run; null where a client could not connect.</summary>
    public ICoordination? Service => Machine.IsUp ? service : null;

    /// <summary>What those ask who run the cluster, where it runs.</summary>
    public IMaintenance? Maintenance => Machine.IsUp ? service : null;

    /// <summary>The services for callers that are judged, where they run.</summary>
    public IClientAccess? Clients => Machine.IsUp ? service : null;

    /// <summary>Users and roles, for an administrator in the same process, where they run.</summary>
    public IAuthentication? Administration => Machine.IsUp ? service?.Authentication : null;

    public ReplicaHost? Host => Machine.IsUp ? host : null;

    /// <summary>The replica's own state, for checks after a run.</summary>
    public CoordinationStore? Store => Machine.IsUp ? store : null;

    private Strand? strand;
    private CoordinationService? service;
    private ReplicaHost? host;
    private CoordinationStore? store;

    /// <summary>A hash of the replica's state, read on the node's strand; never done where the node goes down.</summary>
    public Task<ulong> HashAsync() => strand!.InvokeAsync(() => Task.FromResult(store!.Hash()));

    /// <summary>A hash of the keys up to a revision; else as <see cref="HashAsync"/>.</summary>
    public Task<ulong> HashAtAsync(long revision) => strand!.InvokeAsync(() => Task.FromResult(store!.HashAt(revision)));

    /// <summary>Does something with the group on the node's strand; never done where the node goes down.</summary>
    public Task<T> WithGroupAsync<T>(Func<IReplicatedGroup, ValueTask<T>> work) =>
        strand!.InvokeAsync(() => work(host!.Group(Group)).AsTask());

    public Task RunAsync(IMachine machine, CancellationToken stop) => RunAsync(machine, options, stop);

    /// <summary>As the other, with other settings of the host.</summary>
    public async Task RunAsync(IMachine machine, ReplicaHostOptions settings, CancellationToken stop)
    {
        (service, host, store) = (null, null, null);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(machine, settings, stop);
            }
            catch (Exception e) when (e is IOException and not CorruptFileException)
            {
                machine.Telemetry.Record(Severity.Error, "supervisor", $"the node ended and starts anew: {e.Message}");
            }
            await Task.Delay(RestartPause, machine.Clock, stop).ContinueOnCancel();
        }
    }

    private async Task RunOnceAsync(IMachine machine, ReplicaHostOptions settings, CancellationToken stop)
    {
        strand = (Strand)SynchronizationContext.Current!;
        await using var state = cluster.Values is not { } values
            ? new CoordinationStore()
            : await CoordinationStore.OpenAsync(machine, values, stop);
        var started = await ReplicaHost.StartAsync(machine, strand, settings, [new GroupSetup(Group, state, voters)], stop);
        var served = cluster.Serve(new CoordinationOptions
        {
            ClusterId = options.ClusterId,
            Auth = QuickHashes,
            Integrity = cluster.HashCheckInterval is { } interval ? new IntegrityOptions(interval, started.GiveUpDataAsync) : null,
        });
        var coordination = new CoordinationService(machine, strand, started.Group(Group), state, served);
        (host, service, store) = (started, coordination, state);
        using var registration = stop.Register(() => _ = started.DisposeAsync().AsTask());
        try
        {
            await started.Completion;
        }
        finally
        {
            (host, service, store) = (null, null, null);
            await coordination.DisposeAsync();
            await started.DisposeAsync();
        }
    }
}
