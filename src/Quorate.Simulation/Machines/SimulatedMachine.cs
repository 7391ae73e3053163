using Quorate.Kernel.Machines;
using Quorate.Simulation.Clocks;
using Quorate.Simulation.Disks;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Networks;
using Quorate.Simulation.Randomness;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Machines;

/// <summary>A machine of a world, seen from outside: it is started, crashed, restarted, paused and resumed here.</summary>
/// <remarks>
/// Guarantee: a crash drops the machine's memory, timers, connections and unsynced writes; nothing of the old life calls back. A node
/// that gives up because its disk failed goes down as by a crash; see <see cref="StoppedItself"/>.
/// Cost: a crash visits the machine's connections and files.
/// Fails when: its code lets any other exception escape, or hands one to <see cref="IMachine.Fail"/>: that fails the seed.
/// </remarks>
public sealed class SimulatedMachine
{
    private readonly Engine engine;
    private readonly SimulatedNetwork network;
    private readonly NetworkHost host;
    private readonly Func<IMachine, int, CancellationToken, Task> main;
    private readonly SeededRandom random;
    private readonly SeededRandom fate;
    private readonly SeededRandom reboots;
    private readonly Action<SimulatedMachine> stoppedItself;
    private CancellationTokenSource? stopping;
    private Incarnation? incarnation;

    internal SimulatedMachine(
        Engine engine, SimulatedNetwork network, DiskOptions disk, string name, bool isClient,
        Func<IMachine, int, CancellationToken, Task> main, Action<SimulatedMachine> stoppedItself)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(main);
        this.engine = engine;
        this.network = network;
        this.main = main;
        this.stoppedItself = stoppedItself;
        Name = name;
        IsClient = isClient;
        host = network.AddHost(name);
        random = engine.Chance($"machine {name}");
        fate = engine.Chance($"fate {name}");
        reboots = engine.Chance($"reboots {name}");
        Clock = new SimulatedClock(engine, name);
        Disk = new SimulatedDisk(engine, disk, name);
    }

    /// <summary>The machine's name, which is its host name in the network.</summary>
    public string Name { get; }

    /// <summary>Whether random faults of processes, disks and clocks leave it alone.</summary>
    public bool IsClient { get; }

    /// <summary>Whether it runs (a paused machine does too).</summary>
    public bool IsUp => incarnation is { IsAlive: true };

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused => incarnation is { IsAlive: true, IsPaused: true };

    /// <summary>The version of the code that the next boot runs; it is given to the machine's main. Default 1.</summary>
    public int Version { get; set; } = 1;

    /// <summary>How often it has booted.</summary>
    public int Boots { get; private set; }

    /// <summary>Whether its main task has ended since the last boot.</summary>
    public bool HasFinished { get; private set; }

    /// <summary>Whether it was asked to stop and has not been booted since.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>
    /// The error of its disk for which its last life ended itself, or null: an <see cref="IOException"/> that escaped its code or was
    /// handed to <see cref="IMachine.Fail"/>, after an operation of the disk had failed in that life. The next boot clears it.
    /// </summary>
    public Exception? StoppedItself { get; private set; }

    /// <summary>How often it has stopped itself, over all of its lives.</summary>
    public int SelfStops { get; private set; }

    /// <summary>Its clock.</summary>
    public SimulatedClock Clock { get; }

    /// <summary>Its disk.</summary>
    public SimulatedDisk Disk { get; }

    /// <summary>Boots it. Nothing happens where it is up and not asked to stop; a life that was asked to stop and has not is ended.</summary>
    public void Start()
    {
        engine.Escapes.TakeThread();
        if (IsUp && IsStopped)
            Crash();
        if (IsUp)
            return;
        (HasFinished, IsStopped, StoppedItself) = (false, false, null);
        stopping = new CancellationTokenSource();
        Disk.BeginLife();
        var life = incarnation = new Incarnation(engine, Name, ++Boots) { StopsFor = TryStopItself };
        host.Incarnation = life;
        engine.Trace.Add(TraceKind.MachineStarted, engine.Now, $"{Name} boot {Boots}");
        engine.Record?.Machine(Name, MachineStep.Booted);
        var machine = new MachineLife(
            life,
            Clock.For(life),
            new MachineNetwork(network, host, life),
            new MachineDisk(Disk, life),
            random,
            new SimulatedTelemetry(engine, Name));
        var token = stopping.Token;
        var version = Version;
        life.CreateStrand("main").Enqueue((Action<object?>)(_ => RunMain(machine, life, version, token)), null);
    }

    /// <summary>The power fails, or the process dies. Nothing happens where it is down.</summary>
    public void Crash()
    {
        engine.Escapes.TakeThread();
        if (!IsUp)
            return;
        engine.Trace.Add(TraceKind.MachineCrashed, engine.Now, Name);
        engine.Record?.Machine(Name, MachineStep.Crashed);
        host.AnswersWhileDown = fate.Chance(0.5);
        End();
        Disk.Crash();
    }

    /// <summary>Crashes it where it is up, and boots it.</summary>
    public void Restart()
    {
        Crash();
        Start();
    }

    /// <summary>
    /// Asks it to stop: the token given to its main is cancelled. When main has returned, the machine is down and has lost nothing.
    /// </summary>
    public void Stop()
    {
        engine.Escapes.TakeThread();
        if (!IsUp || stopping is not { IsCancellationRequested: false } source)
            return;
        IsStopped = true;
        engine.Trace.Add(TraceKind.MachineStopped, engine.Now, Name);
        engine.Record?.Machine(Name, MachineStep.Stopping);
        incarnation!.CreateStrand("stop").Enqueue((Action<object?>)(_ => source.Cancel()), null);
    }

    /// <summary>It is down for good: not even healing the world boots it.</summary>
    internal void Retire() => IsStopped = true;

    /// <summary>Nothing of it runs, time goes on, and what arrives waits.</summary>
    public void Pause()
    {
        engine.Escapes.TakeThread();
        if (!IsUp || IsPaused)
            return;
        engine.Trace.Add(TraceKind.MachinePaused, engine.Now, Name);
        engine.Record?.Machine(Name, MachineStep.Paused);
        incarnation!.Pause();
    }

    /// <summary>It runs on; timers that came due meanwhile fire now.</summary>
    public void Resume()
    {
        engine.Escapes.TakeThread();
        if (!IsPaused)
            return;
        engine.Trace.Add(TraceKind.MachineResumed, engine.Now, Name);
        engine.Record?.Machine(Name, MachineStep.Resumed);
        incarnation!.Resume();
    }

    /// <summary>How long it stays down after it stopped itself.</summary>
    internal TimeSpan DrawRebootDelay(TimeSpan min, TimeSpan max)
    {
        var part = reboots.NextDouble();
        return min + (max - min) * (part * part);
    }

    /// <summary>What boots it, unless it has booted since or was asked to stop.</summary>
    internal Action Reboot()
    {
        var boots = Boots;
        return () =>
        {
            if (Boots == boots && !IsStopped)
                Start();
        };
    }

    // Not awaited by anybody: what escapes it is posted to the strand by the runtime and fails the seed there.
    private async void RunMain(IMachine machine, Incarnation life, int version, CancellationToken token)
    {
        try
        {
            await main(machine, version, token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Asked to stop, and stopped.
        }
        if (!life.IsAlive)
            return;
        HasFinished = true;
        if (token.IsCancellationRequested)
        {
            host.AnswersWhileDown = true;
            engine.Record?.Machine(Name, MachineStep.Stopped);
            End();
        }
    }

    // The process exits: its system answers for it with resets. What was not synced may be lost, since a failing disk has lost more.
    private bool TryStopItself(Exception reason)
    {
        if (!Disk.Explains(reason))
            return false;
        engine.Trace.Add(TraceKind.MachineStoppedItself, engine.Now, $"{Name}: {reason.GetType().Name}");
        engine.Record?.Machine(Name, MachineStep.StoppedItself);
        host.AnswersWhileDown = true;
        End();
        Disk.Crash();
        StoppedItself = reason;
        SelfStops++;
        stoppedItself(this);
        return true;
    }

    private void End()
    {
        var life = incarnation!;
        incarnation = null;
        host.Incarnation = null;
        host.Listeners.Clear();
        host.Sockets.Clear();
        life.Kill();
        while (host.Connections.First is { } connection)
        {
            host.Connections.RemoveFirst();
            connection.Value.Crash();
        }
    }
}
