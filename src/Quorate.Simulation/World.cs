using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Machines;
using Quorate.Simulation.Networks;
using Quorate.Simulation.Randomness;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation;

/// <summary>A deterministic world of machines, a network and a clock, which runs on the caller's thread in virtual time.</summary>
/// <remarks>
/// Guarantee: the same seed, options and code take the same steps, in every process and build; <see cref="TraceHash"/> proves it.
/// Cost: about a microsecond or less an event, on one core; nothing while nobody calls <see cref="Run"/>.
/// Fails when: an invariant breaks, an exception escapes a machine's code, work leaves its strand, or steps go on without end at one
/// instant: then <see cref="Run"/> and <see cref="RunUntil"/> throw <see cref="SimulationFailedException"/>.
/// Source: FoundationDB's simulation (Zhou and others, SIGMOD 2021, section 4).
/// </remarks>
public sealed class World : IDisposable
{
    // Healthy disks give no further reason to stop; a machine whose files were damaged from outside does so at every boot.
    private const int RebootsAfterHealMax = 5;
    private static readonly TimeSpan RebootMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RebootMax = TimeSpan.FromSeconds(1);
    private readonly Engine engine;
    private readonly WorldOptions options;
    private readonly List<SimulatedMachine> machines = [];
    private readonly List<(Action Check, long Every)> invariants = [];
    private readonly List<Nemesis> nemeses = [];
    private readonly Incarnation observer;
    private readonly SeededRandom reboots;
    private readonly Dictionary<SimulatedMachine, int> rebootsSinceHeal = [];
    private bool isHealed;
    private bool isDisposed;

    /// <summary>Makes an empty world at time zero.</summary>
    /// <param name="seed">What all of its chance is drawn from.</param>
    /// <param name="options">How it behaves before any fault; null for the defaults.</param>
    public World(ulong seed, WorldOptions? options = null)
    {
        this.options = options ?? new WorldOptions();
        engine = new Engine(seed, this.options.TraceKeptMax);
        if (this.options.Record is { } record)
            engine.Record = new RunRecord(record, () => new TimeSpan(engine.Now));
        Network = new SimulatedNetwork(engine, this.options.Network);
        Random = SeededRandom.For(seed, "world");
        reboots = SeededRandom.For(seed, "reboots");
        observer = new Incarnation(engine, "world", 1);
        Strand = observer.CreateStrand("observer");
    }

    /// <summary>The seed.</summary>
    public ulong Seed => engine.Seed;

    /// <summary>How much virtual time has passed.</summary>
    public TimeSpan Now => new(engine.Now);

    /// <summary>How many events have happened: steps of strands, arrivals, timers, disk operations.</summary>
    public long Events => engine.Events;

    /// <summary>The hash of everything that happened, in order.</summary>
    public ulong TraceHash => engine.Trace.Hash;

    /// <summary>Everything that happened, for drawing it; null unless <see cref="WorldOptions.Record"/> asks for it.</summary>
    public RunRecord? Record => engine.Record;

    /// <summary>The network, and the knobs that break it.</summary>
    public SimulatedNetwork Network { get; }

    /// <summary>The machines, in the order of their adding.</summary>
    public IReadOnlyList<SimulatedMachine> Machines => machines;

    /// <summary>Chance for the code outside the machines, of a sequence of its own.</summary>
    public SeededRandom Random { get; }

    /// <summary>A strand that no fault reaches, for checkers and nemeses.</summary>
    public Strand Strand { get; }

    /// <summary>Adds a machine and boots it when the world next runs.</summary>
    /// <param name="name">Its name, which is its host name.</param>
    /// <param name="main">Runs on a strand of the machine at every boot. The token asks it to stop; a crash does not cancel it.</param>
    public SimulatedMachine AddMachine(string name, Func<IMachine, CancellationToken, Task> main) => Add(name, false, main);

    /// <summary>As <see cref="AddMachine"/>, but random faults of processes, disks and clocks leave it alone.</summary>
    /// <param name="name">Its name, which is its host name.</param>
    /// <param name="main">Runs on a strand of the machine at every boot.</param>
    public SimulatedMachine AddClient(string name, Func<IMachine, CancellationToken, Task> main) => Add(name, true, main);

    /// <summary>Runs a check of an invariant again and again while the world runs; an exception from it fails the seed.</summary>
    /// <param name="check">Throws where the invariant does not hold. It must change nothing.</param>
    /// <param name="everyEvents">After how many events it runs again; 1 is after each.</param>
    public void AddInvariant(Action check, long everyEvents = 1)
    {
        ArgumentNullException.ThrowIfNull(check);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(everyEvents);
        invariants.Add((check, everyEvents));
        engine.AfterStep = CheckInvariants;
    }

    /// <summary>Runs a piece of work on <see cref="Strand"/>, after this much virtual time.</summary>
    /// <param name="delay">How long from now.</param>
    /// <param name="work">What to run.</param>
    public void After(TimeSpan delay, Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        engine.Schedule(new DelayedWork((SimulatedStrand)Strand, work), delay.Ticks);
    }

    /// <summary>Injects the faults of a plan from now on, drawn from the seed, until <see cref="Heal"/>.</summary>
    /// <param name="plan">Which, how often and for how long.</param>
    /// <returns>The kinds that this seed chose among the plan's.</returns>
    public IReadOnlyList<FaultKind> Inject(FaultPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var nemesis = new Nemesis(engine, Network, machines, plan, nemeses.Count);
        nemeses.Add(nemesis);
        isHealed = false;
        return nemesis.Kinds;
    }

    /// <summary>
    /// Ends every fault: injected plans, the network's knobs, disks, clock rates; machines that are paused, have crashed or have stopped
    /// themselves run again. A machine that stops itself later on, because of what its disk did before, boots again too, up to five times.
    /// </summary>
    public void Heal()
    {
        isHealed = true;
        rebootsSinceHeal.Clear();
        foreach (var nemesis in nemeses)
            nemesis.Heal();
        Network.Heal();
        foreach (var machine in machines)
        {
            machine.Disk.Heal();
            machine.Clock.SetRate(1);
            machine.Resume();
            if (!machine.IsStopped)
                machine.Start();
        }
    }

    /// <summary>Adds a line to the trace, as part of its hash.</summary>
    /// <param name="text">What happened.</param>
    public void Note(string text)
    {
        engine.Trace.Add(TraceKind.Note, engine.Now, text);
        engine.Record?.Note(null, "note", text);
    }

    /// <summary>Runs for a time.</summary>
    /// <param name="simulated">How much virtual time.</param>
    /// <exception cref="SimulationFailedException">The seed failed.</exception>
    public void Run(TimeSpan simulated) => RunEngine(null, simulated);

    /// <summary>Runs until something holds.</summary>
    /// <param name="done">Asked after each event; it must change nothing.</param>
    /// <param name="limit">How much virtual time at most.</param>
    /// <returns>Whether it came to hold.</returns>
    /// <exception cref="SimulationFailedException">The seed failed.</exception>
    public bool RunUntil(Func<bool> done, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(done);
        return RunEngine(done, limit);
    }

    /// <summary>The last events as text, oldest first; empty unless <see cref="WorldOptions.TraceKeptMax"/> asks for some.</summary>
    public IReadOnlyList<string> TraceLines() => engine.Trace.Lines();

    /// <summary>Ends the world: no machine runs again.</summary>
    public void Dispose() => isDisposed = true;

    private bool RunEngine(Func<bool>? done, TimeSpan time)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return engine.Run(engine.Now + time.Ticks, done);
    }

    private SimulatedMachine Add(string name, bool isClient, Func<IMachine, CancellationToken, Task> main)
    {
        var machine = new SimulatedMachine(engine, Network, options.Disk, name, isClient, main, OnStoppedItself);
        machines.Add(machine);
        machine.Start();
        return machine;
    }

    private void OnStoppedItself(SimulatedMachine machine)
    {
        if (nemeses.FindLast(n => n.IsActive) is { } nemesis)
        {
            nemesis.BootLater(machine);
            return;
        }
        var count = rebootsSinceHeal.GetValueOrDefault(machine);
        if (!isHealed || count == RebootsAfterHealMax)
            return;
        rebootsSinceHeal[machine] = count + 1;
        var boot = machine.Reboot();
        After(reboots.NextTimeSpan(RebootMin, RebootMax), boot);
    }

    private void CheckInvariants()
    {
        foreach (var (check, every) in invariants)
        {
            if (engine.Events % every != 0)
                continue;
            try
            {
                check();
            }
            catch (Exception e)
            {
                engine.Fail($"an invariant of the world is broken: {e.Message}", e);
            }
        }
    }

    private sealed class DelayedWork(SimulatedStrand strand, Action work) : SimulatedEvent
    {
        public override void Fire() => strand.Enqueue((Action<object?>)(_ => work()), null);
    }
}
