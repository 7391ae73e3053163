using Quorate.Kernel.Strands;
using Quorate.Runtime.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Serving;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Coordination.Values;
using Quorate.Services.Replication;
using Quorate.Storage.Folders;

namespace Quorate.Hosting.Nodes;

/// <summary>One running node of a cluster on the real machine: its replicas, and the services on them.</summary>
/// <remarks>
/// Guarantee: as <see cref="ICoordination"/>'s; what was acknowledged survives the death of this process, and of a minority of the nodes.
/// Cost: one strand, one connection to each peer, the keys and the newest values in memory.
/// Fails when: an address or the data folder is taken, or the folder is another node's (<see cref="IOException"/> on start); an
/// invariant is broken or the disk fails while it runs: see <see cref="NodeOptions.OnFail"/>.
/// </remarks>
public sealed class QuorateNode : IAsyncDisposable
{
    private readonly RealMachine machine;
    private readonly ReplicaHost host;
    private readonly Strand strand;
    private readonly CoordinationService coordination;
    private readonly CoordinationStore store;
    private readonly Task failure;
    private readonly CancellationTokenSource stopping = new();
    private Task replacing = Task.CompletedTask;

    private QuorateNode(
        RealMachine machine, Strand strand, ReplicaHost host, CoordinationService coordination, CoordinationStore store, Task failure)
    {
        this.machine = machine;
        this.strand = strand;
        this.host = host;
        this.coordination = coordination;
        this.store = store;
        this.failure = failure;
    }

    /// <summary>The coordination service.</summary>
    public ICoordination Coordination => coordination;

    /// <summary>The same service's maintenance.</summary>
    public IMaintenance Maintenance => coordination;

    /// <summary>The services for callers from outside, each judged by who it is. What this object gives else is trusted.</summary>
    public IClientAccess Clients => coordination;

    /// <summary>Users, roles and permissions.</summary>
    public IAuthentication Authentication => coordination.Authentication;

    /// <summary>
    /// Starts a node: takes the data folder, recovers what is in it, and listens for its peers. Does not wait for a leader.
    /// </summary>
    /// <param name="options">What the node is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The options break <see cref="NodeOptionsRules"/>.</exception>
    /// <exception cref="IOException">
    /// An address or the data folder is taken, is another node's, or is corrupt; or the node failed while it started.
    /// </exception>
    public static async Task<QuorateNode> StartAsync(NodeOptions options, CancellationToken cancellationToken = default)
    {
        if (NodeOptionsRules.Violations(options) is [var violation, ..])
            throw new ArgumentException(violation, nameof(options));
        var failure = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var machine = new RealMachine(MachineOptions(options, failure));
        try
        {
            var strand = machine.CreateStrand("node");
            var starting = strand.InvokeAsync(() => StartAsync(machine, strand, options, failure.Task, cancellationToken));
            await Task.WhenAny(starting, failure.Task);
            // The strands of a failed machine run nothing more, so that it would never be started.
            return failure.Task.IsCompleted ? throw FailedEarly(await failure.Task) : await starting;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until this node knows a leader.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task WaitForLeaderAsync(CancellationToken cancellationToken = default)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), machine.Clock);
        while ((await Coordination.StatusAsync(cancellationToken)).Leader == 0)
            await timer.WaitForNextTickAsync(cancellationToken);
    }

    /// <summary>
    /// Stops serving, ends what is under way with an error, and releases addresses and data folder. A node that failed is not waited
    /// for: it does nothing more.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await await Task.WhenAny(StopAsync(), failure);
        await machine.DisposeAsync();
    }

    private static async Task<QuorateNode> StartAsync(
        RealMachine machine, Strand strand, NodeOptions options, Task failure, CancellationToken cancellationToken)
    {
        if (options.Replaces is not null && await DataFolder.ReadAsync(machine.Disk, cancellationToken) is null)
            await NodeReplacement.ApplyAsync(machine, options, cancellationToken);
        var place = options.Join.Count > 0
            ? await ClusterPlace.JoinAsync(machine, options, cancellationToken)
            : ClusterPlace.First(options);
        await DataFolder.ClaimAsync(machine.Disk, place.Identity, cancellationToken);
        var store = await CoordinationStore.OpenAsync(machine, new ValueStorageOptions(), cancellationToken);
        var group = new GroupSetup(NodeWiring.SystemGroup, store, place.FirstVoters);
        var host = await ReplicaHost.StartAsync(machine, strand, NodeWiring.Host(options, place), [group], cancellationToken);
        var coordination = new CoordinationService(
            machine, strand, host.Group(NodeWiring.SystemGroup), store, NodeWiring.Service(options, place, host));
        _ = WatchAsync(machine, host);
        var node = new QuorateNode(machine, strand, host, coordination, store, failure);
        if (options.Replaces is not null)
            node.replacing = node.ReplaceAsync(options);
        return node;
    }

    private async Task ReplaceAsync(NodeOptions options)
    {
        try
        {
            await NodeReplacement.FinishAsync(machine, host.Group(NodeWiring.SystemGroup), options, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The next start goes on.
        }
    }

    private async Task StopAsync()
    {
        stopping.Cancel();
        await replacing;
        await coordination.DisposeAsync();
        await host.DisposeAsync();
        await strand.InvokeAsync(() => store.DisposeAsync().AsTask());
    }

    private static IOException FailedEarly(Exception reason) => new($"The node failed while it started: {reason.Message}", reason);

    // A node whose log failed can only be started anew: the machine stops it as it does for a broken invariant.
    private static async Task WatchAsync(RealMachine machine, ReplicaHost host)
    {
        try
        {
            await host.Completion;
        }
        catch (Exception e)
        {
            machine.Fail(e);
        }
    }

    private static RealMachineOptions MachineOptions(NodeOptions options, TaskCompletionSource<Exception> failure) => new()
    {
        Name = options.Name,
        DataFolder = options.DataFolder,
        Tls = options.Tls,
        Telemetry = options.Telemetry,
        TelemetryLeast = options.TelemetryLeast,
        OnFail = options.OnFail is not { } tell ? null : reason =>
        {
            tell(reason);
            failure.TrySetResult(reason);
        },
    };
}
