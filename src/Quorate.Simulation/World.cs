using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Machines;
using Quorate.Simulation.Networks;
using Quorate.Simulation.Operations;
using Quorate.Simulation.Ordering;
using Quorate.Simulation.Randomness;
using Quorate.Simulation.Schedules;
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
    private readonly FaultCarrier carrier;
    private readonly OperationLog operations;
    private readonly ScheduledFaults? replay;
    private readonly Engine engine;
    private readonly WorldOptions options;
    private readonly List<SimulatedMachine> machines = [];
    private readonly List<PeriodicCheck> invariants = [];
    private readonly List<Nemesis> nemeses = [];
    private readonly Incarnation observer;
    private readonly Dictionary<SimulatedMachine, int> rebootsSinceHeal = [];
    private long nextCheckAt;
    private bool hasPlan;
    private TimeSpan? healedAt;
    private bool isHealed;
    private bool isDisposed;

    /// <summary>Makes an empty world at time zero.</summary>
    /// <param name="seed">What all of its chance is drawn from.</param>
    /// <param name="options">How it behaves before any fault; null for the defaults.</param>
    public World(ulong seed, WorldOptions? options = null)
    {
        this.options = options ?? new WorldOptions();
        engine = new Engine(
            seed, ChanceOf(this.options), ChanceIsByMoment, OrderOf(this.options), this.options.TraceKeptMax, this.options.Recorder)
        {
            Stop = this.options.Stop,
        };
        if (this.options.Record is { } record)
            engine.Record = new RunRecord(record, () => new TimeSpan(engine.Now));
        Network = new SimulatedNetwork(engine, this.options.Network);
        Random = SeededRandom.For(seed, "world");
        observer = new Incarnation(engine, "world", 1);
        Strand = observer.CreateStrand("observer");
        carrier = new FaultCarrier(engine, Network, machines);
        operations = new OperationLog(this.options.Replay?.Operations);
        replay = this.options.Replay is { } schedule ? new ScheduledFaults(engine, carrier, schedule.Faults) : null;
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

    /// <summary>Whether the world replays a schedule: then nothing else injects faults.</summary>
    public bool IsReplay => replay is not null;

    /// <summary>The faults that were carried out so far, each with the time of its beginning.</summary>
    public IReadOnlyList<FaultAction> Faults => carrier.Carried;

    /// <summary>How often each rare branch was reached that code marks with <see cref="ITelemetry.Sometimes"/>.</summary>
    public IReadOnlyDictionary<string, long> Reached => engine.Reached;

    /// <summary>Adds a machine and boots it when the world next runs.</summary>
    /// <param name="name">Its name, which is its host name.</param>
    /// <param name="main">Runs on a strand of the machine at every boot. The token asks it to stop; a crash does not cancel it.</param>
    public SimulatedMachine AddMachine(string name, Func<IMachine, CancellationToken, Task> main)
    {
        ArgumentNullException.ThrowIfNull(main);
        return Add(name, false, (machine, _, stop) => main(machine, stop));
    }

    /// <summary>Adds a machine whose code comes in versions, and boots it when the world next runs.</summary>
    /// <param name="name">Its name, which is its host name.</param>
    /// <param name="main">Runs at every boot; it is given the <see cref="SimulatedMachine.Version"/> that it runs.</param>
    public SimulatedMachine AddMachine(string name, Func<IMachine, int, CancellationToken, Task> main)
    {
        ArgumentNullException.ThrowIfNull(main);
        return Add(name, false, main);
    }

    /// <summary>
    /// As <see cref="AddMachine(string, Func{IMachine, CancellationToken, Task})"/>, but random faults of processes, disks and clocks leave
    /// it alone.
    /// </summary>
    /// <param name="name">Its name, which is its host name.</param>
    /// <param name="main">Runs on a strand of the machine at every boot.</param>
    public SimulatedMachine AddClient(string name, Func<IMachine, CancellationToken, Task> main)
    {
        ArgumentNullException.ThrowIfNull(main);
        return Add(name, true, (machine, _, stop) => main(machine, stop));
    }

    /// <summary>The turns of a client whose operations a schedule can keep or leave out.</summary>
    /// <param name="client">The client's name, of its own.</param>
    public OperationGate OperationsOf(string client)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(client);
        return new OperationGate(engine, operations, client);
    }

    /// <summary>Runs a check of an invariant again and again while the world runs; an exception from it fails the seed.</summary>
    /// <param name="check">Throws where the invariant does not hold. It must change nothing.</param>
    /// <param name="everyEvents">After how many events it runs again; 1 is after each.</param>
    public void AddInvariant(Action check, long everyEvents = 1)
    {
        ArgumentNullException.ThrowIfNull(check);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(everyEvents);
        invariants.Add(new PeriodicCheck(check, everyEvents) { NextAt = (engine.Events / everyEvents + 1) * everyEvents });
        nextCheckAt = invariants.Min(i => i.NextAt);
        engine.AfterStep = CheckInvariants;
    }

    /// <summary>
    /// Runs a piece of work on <see cref="Strand"/>, after this much virtual time and before anything else of that instant. It takes no
    /// part in the order that is drawn, and the trace holds only what it does.
    /// </summary>
    /// <param name="delay">How long from now.</param>
    /// <param name="work">What to run.</param>
    public void After(TimeSpan delay, Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        engine.Schedule(new DelayedWork((SimulatedStrand)Strand, work), delay.Ticks);
    }

    /// <summary>
    /// Injects the faults of a plan from now on, drawn from the seed, until <see cref="Heal"/>. A replay injects those of its schedule
    /// instead, within the bounds of the plan.
    /// </summary>
    /// <param name="plan">Which, how often and for how long.</param>
    /// <returns>The kinds that this seed chose among the plan's.</returns>
    public IReadOnlyList<FaultKind> Inject(FaultPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        carrier.Obey(plan);
        (isHealed, hasPlan) = (false, hasPlan || plan.Kinds != FaultKind.None);
        if (IsReplay)
            return [];
        var nemesis = new Nemesis(
            engine, carrier, plan, random => new FaultDraws(Network, machines, plan, random), nemeses.Count);
        nemeses.Add(nemesis);
        return nemesis.Kinds;
    }

    /// <summary>
    /// Begins one fault now, recorded as part of the schedule; a replay does nothing here, since its schedule says what happens.
    /// </summary>
    /// <param name="action">The fault; its time is now.</param>
    /// <returns>Whether it began: its machines may be down already, or the budget of the plan in force used up.</returns>
    public bool Strike(FaultAction action)
    {
        Check(action);
        return Strikes && carrier.TryBegin(action) is not null;
    }

    /// <summary>
    /// As <see cref="Strike"/>, for a fault that may be ended before its time. It begins at this instant, behind all that end at it.
    /// </summary>
    /// <param name="action">The fault; its time is now.</param>
    /// <returns>The fault, which may not be able to begin; null in a replay.</returns>
    public OpenFault? Open(FaultAction action)
    {
        Check(action);
        if (!Strikes)
            return null;
        var opening = new OpeningFault(engine, carrier, action);
        engine.Schedule(opening, 0);
        return new OpenFault(opening);
    }

    /// <summary>
    /// Notes that something of a name begins now that is no fault and that the code outside the machines decides on, as part of the
    /// schedule. False in a replay, where <see cref="Repeat"/> begins it.
    /// </summary>
    /// <param name="name">What it is, to whom and how: all that doing it again needs.</param>
    public bool Did(string name)
    {
        if (options.Replay?.Operations is not null && !Strikes)
            return false;
        operations.AddNext(name, Now);
        return true;
    }

    /// <summary>In a replay, does something at each time at which the schedule says that it was done; else nothing.</summary>
    /// <param name="prefix">What the names begin with that were given to <see cref="Did"/>.</param>
    /// <param name="repeat">Does it, by the rest of the name.</param>
    /// <returns>How many times that will be.</returns>
    public int Repeat(string prefix, Action<string> repeat)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        ArgumentNullException.ThrowIfNull(repeat);
        var starts = operations.KeptWith(prefix);
        foreach (var start in starts)
        {
            // Before what faults do at that instant: that is done when the code that decides on both has come to a pause.
            var work = new DelayedWork((SimulatedStrand)Strand, () =>
            {
                operations.Add(start with { At = Now });
                repeat(start.Client[prefix.Length..]);
            });
            engine.ScheduleAt(work, Math.Max(start.At.Ticks, engine.Now), engine.NextEarlyTicket());
        }
        return starts.Count;
    }

    /// <summary>How long faults last: as long as asked for, or as the replayed schedule says where that is shorter.</summary>
    /// <param name="asked">How long they last where nothing is replayed.</param>
    public TimeSpan Horizon(TimeSpan asked) => options.Replay?.Horizon is { } horizon && horizon < asked ? horizon : asked;

    /// <summary>How many machines a cluster has: as many as asked for, or as the replayed schedule says where that is fewer.</summary>
    /// <param name="asked">How many it has where nothing is replayed.</param>
    public int Size(int asked) => Math.Min(asked, options.Replay?.Machines ?? asked);

    /// <summary>What was decided so far, as a schedule that replays this run.</summary>
    /// <param name="scenario">What is run.</param>
    public Schedule ToSchedule(string scenario) => new(scenario, Seed)
    {
        Chance = ChanceOf(options),
        ChanceIsByMoment = ChanceIsByMoment,
        Horizon = healedAt ?? Now,
        Order = OrderOf(options).Copy(),
        Machines = options.Replay?.Machines,
        Faults = [.. carrier.Carried],
        Operations = [.. operations.Begun],
    };

    /// <summary>
    /// Ends every fault: injected plans, the network's knobs, disks, clock rates; machines that are paused, have crashed or have stopped
    /// themselves run again. A machine that stops itself later on, because of what its disk did before, boots again too, up to five times.
    /// </summary>
    public void Heal()
    {
        isHealed = true;
        healedAt ??= Now;
        rebootsSinceHeal.Clear();
        foreach (var nemesis in nemeses)
            nemesis.Heal();
        replay?.Heal();
        carrier.Heal();
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

    /// <summary>
    /// As <see cref="Heal"/>, but a minority of the servers, drawn from the seed, is crashed, paused or cut off until the next
    /// <see cref="Heal"/>: what promises progress with a majority must make it now.
    /// </summary>
    /// <returns>The servers that are up and hear each other.</returns>
    public IReadOnlyList<SimulatedMachine> HealToCore()
    {
        Heal();
        return Core.Keep(machines, Network, SeededRandom.For(Seed, "core"));
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
    /// <exception cref="OperationCanceledException"><see cref="WorldOptions.Stop"/> asks for it.</exception>
    public void Run(TimeSpan simulated) => RunEngine(null, simulated);

    /// <summary>Runs until something holds.</summary>
    /// <param name="done">Asked after each event; it must change nothing.</param>
    /// <param name="limit">How much virtual time at most.</param>
    /// <returns>Whether it came to hold.</returns>
    /// <exception cref="SimulationFailedException">The seed failed.</exception>
    /// <exception cref="OperationCanceledException"><see cref="WorldOptions.Stop"/> asks for it.</exception>
    public bool RunUntil(Func<bool> done, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(done);
        return RunEngine(done, limit);
    }

    /// <summary>The last events as text, oldest first; empty unless <see cref="WorldOptions.TraceKeptMax"/> asks for some.</summary>
    public IReadOnlyList<string> TraceLines() => engine.Trace.Lines();

    /// <summary>Ends the world: no machine runs again.</summary>
    public void Dispose() => isDisposed = true;

    // Whether what is decided on while the world runs is done: a replay has it in its schedule.
    private bool Strikes => !IsReplay || options.StrikesInReplay;

    private bool ChanceIsByMoment => options.Replay?.ChanceIsByMoment ?? false;

    private static ulong ChanceOf(WorldOptions options) => options.Replay?.Chance ?? options.Chance;

    private static StepOrder OrderOf(WorldOptions options) => options.Replay?.Order ?? options.Order;

    private static void Check(FaultAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (action.Check() is { } wrong)
            throw new ArgumentException(wrong, nameof(action));
    }

    private bool RunEngine(Func<bool>? done, TimeSpan time)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return engine.Run(engine.Now + time.Ticks, done);
    }

    private SimulatedMachine Add(string name, bool isClient, Func<IMachine, int, CancellationToken, Task> main)
    {
        var machine = new SimulatedMachine(engine, Network, options.Disk, name, isClient, main, OnStoppedItself);
        machine.Clock.ErrorMax = options.ClockErrorMax;
        machines.Add(machine);
        machine.Start();
        return machine;
    }

    private void OnStoppedItself(SimulatedMachine machine)
    {
        if (hasPlan && !isHealed)
        {
            carrier.BootLater(machine);
            return;
        }
        var count = rebootsSinceHeal.GetValueOrDefault(machine);
        if (!isHealed || count == RebootsAfterHealMax)
            return;
        rebootsSinceHeal[machine] = count + 1;
        var boot = machine.Reboot();
        After(machine.DrawRebootDelay(RebootMin, RebootMax), boot);
    }

    private void CheckInvariants()
    {
        if (engine.Events < nextCheckAt)
            return;
        nextCheckAt = long.MaxValue;
        foreach (var invariant in invariants)
        {
            if (engine.Events >= invariant.NextAt)
            {
                invariant.NextAt += invariant.Every;
                Check(invariant.Check);
            }
            nextCheckAt = Math.Min(nextCheckAt, invariant.NextAt);
        }
    }

    private void Check(Action check)
    {
        try
        {
            check();
        }
        catch (Exception e)
        {
            engine.Fail($"an invariant of the world is broken: {e.Message}", e);
        }
    }

    private sealed class PeriodicCheck(Action check, long every)
    {
        public Action Check { get; } = check;

        public long Every { get; } = every;

        public long NextAt { get; set; }
    }

    private sealed class DelayedWork(SimulatedStrand strand, Action work) : SimulatedEvent
    {
        public override void Fire() => strand.Incarnation.Engine.RunNow(strand, new WorkItem((Action<object?>)(_ => work()), null));
    }
}
