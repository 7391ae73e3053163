using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Serving;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;
using Quorate.Simulation.Machines;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>A node of the real services on a simulated machine. When its host gives up, it is started anew, as a supervisor would.</summary>
internal sealed class SimulatedNode(string name, ReplicaHostOptions options, IReadOnlyList<NodeId>? voters)
{
    public const ulong Group = 1;
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    public string Name => name;

    public NodeId Id { get; } = NodeId.FromName(name);

    public NetworkAddress PeerAddress => options.PeerListen;

    public SimulatedMachine Machine { get; set; } = null!;

    /// <summary>The services, where they run; null where a client could not connect.</summary>
    public ICoordination? Service => Machine.IsUp ? service : null;

    public ReplicaHost? Host => Machine.IsUp ? host : null;

    private ICoordination? service;
    private ReplicaHost? host;

    public async Task RunAsync(IMachine machine, CancellationToken stop)
    {
        (service, host) = (null, null);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(machine, stop);
            }
            catch (Exception e) when (e is IOException and not CorruptFileException)
            {
                machine.Telemetry.Record(Severity.Error, "supervisor", $"the node ended and starts anew: {e.Message}");
            }
            await Task.Delay(RestartPause, machine.Clock, stop).ContinueOnCancel();
        }
    }

    private async Task RunOnceAsync(IMachine machine, CancellationToken stop)
    {
        var strand = (Strand)SynchronizationContext.Current!;
        var store = new CoordinationStore();
        var started = await ReplicaHost.StartAsync(machine, strand, options, [new GroupSetup(Group, store, voters)], stop);
        var coordination = new CoordinationService(
            machine, strand, started.Group(Group), store, new CoordinationOptions { ClusterId = options.ClusterId });
        (host, service) = (started, coordination);
        using var registration = stop.Register(() => _ = started.DisposeAsync().AsTask());
        try
        {
            await started.Completion;
        }
        finally
        {
            (host, service) = (null, null);
            await coordination.DisposeAsync();
            await started.DisposeAsync();
        }
    }
}
