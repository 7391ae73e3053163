using System.Globalization;
using Quorate.Checking.Histories;
using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Machines;

namespace Quorate.Testing.Worlds;

/// <summary>The world of one seed, as a test sets it up: a cluster, faults, clients.</summary>
/// <remarks>
/// Guarantee: nothing runs while it is set up. Cost: that of a <see cref="Quorate.Simulation.World"/>.
/// Fails when: clients are added twice.
/// </remarks>
public sealed class TestWorld
{
    private const string ClientsMachine = "clients";
    private readonly List<Action> atEnd = [];
    private Func<SimulatedClient, Task>? behaviour;
    private SimulatedMachine? clients;

    internal TestWorld(World world) => World = world;

    /// <summary>The world itself, for machines, invariants and knobs of one's own.</summary>
    public World World { get; }

    /// <summary>What the clients did and saw so far.</summary>
    public HistoryRecorder History { get; private set; } = new();

    /// <summary>The faults that are injected. Default none.</summary>
    public FaultPlan Plan { get; private set; } = FaultPlan.None;

    /// <summary>Whether the clients should come to an end.</summary>
    public bool IsEnding { get; internal set; }

    /// <summary>How many operations have succeeded.</summary>
    internal long Succeeded { get; private set; }

    internal bool HasEnded => clients is null || clients.HasFinished;

    internal IReadOnlyList<Action> AtEnd => atEnd;

    /// <summary>Adds machines that run the same code, at every boot anew.</summary>
    /// <param name="count">How many; a shrunk schedule may have fewer.</param>
    /// <param name="main">Runs on each. The token asks it to stop.</param>
    /// <param name="prefix">How their names begin. Default <c>n</c>, for n1, n2 and so on.</param>
    public Cluster Cluster(int count, Func<IMachine, CancellationToken, Task> main, string prefix = "n") =>
        new([.. Names(count, prefix).Select(name => World.AddMachine(name, main))]);

    /// <summary>Adds machines that each run an instance of a service, at every boot a new one.</summary>
    /// <param name="count">How many; a shrunk schedule may have fewer.</param>
    /// <param name="create">Makes the instance of a machine.</param>
    /// <param name="run">Runs it from boot until the token asks it to stop. What escapes it fails the seed.</param>
    /// <param name="prefix">How their names begin. Default <c>n</c>, for n1, n2 and so on.</param>
    /// <typeparam name="T">The service.</typeparam>
    public ServiceCluster<T> Cluster<T>(int count, Func<IMachine, T> create, Func<T, CancellationToken, Task> run, string prefix = "n")
        where T : class
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(run);
        var cluster = new ServiceCluster<T>();
        foreach (var name in Names(count, prefix))
        {
            var index = cluster.Reserve();
            cluster.Add(World.AddMachine(name, (machine, stop) =>
            {
                var service = create(machine);
                cluster.Run(index, service);
                return run(service, stop);
            }));
        }
        return cluster;
    }

    /// <summary>Injects faults of these kinds, of which each seed draws a subset.</summary>
    /// <param name="kinds">The kinds.</param>
    public void Inject(params ReadOnlySpan<FaultKind> kinds)
    {
        var all = FaultKind.None;
        foreach (var kind in kinds)
            all |= kind;
        Inject(new FaultPlan { Kinds = all });
    }

    /// <summary>Injects the faults of a plan.</summary>
    /// <param name="plan">The plan.</param>
    public void Inject(FaultPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Plan = plan;
    }

    /// <summary>Adds clients, which share a machine that no fault of machines reaches.</summary>
    /// <param name="count">How many.</param>
    /// <param name="client">What each does: while <see cref="SimulatedClient.NextAsync"/>, one operation.</param>
    public Workload Clients(int count, Func<SimulatedClient, Task> client)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (behaviour is not null)
            throw new InvalidOperationException("The world has clients already: one call adds all of them.");
        behaviour = client;
        clients = World.AddClient(ClientsMachine, async (machine, _) =>
        {
            History = new HistoryRecorder(clock: machine.Clock);
            var all = Enumerable.Range(0, count).Select(i => new SimulatedClient(this, machine, i)).ToList();
            await Task.WhenAll(all.Select(behaviour));
        });
        return new Workload(count);
    }

    /// <summary>Checks something when all has ended and the world is healed; what it throws is the violation.</summary>
    /// <param name="check">The check.</param>
    public void Finally(Action check)
    {
        ArgumentNullException.ThrowIfNull(check);
        atEnd.Add(check);
    }

    internal void Complete(long process, HistoryEventType type, HistoryValue value, string? error)
    {
        History.Complete(process, type, value, error);
        if (type == HistoryEventType.Ok)
            Succeeded++;
    }

    private IEnumerable<string> Names(int count, string prefix) =>
        Enumerable.Range(1, World.Size(count)).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}"));
}
