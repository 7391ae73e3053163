using Quorate.Simulation.Execution;
using Quorate.Simulation.Machines;
using Quorate.Simulation.Networks;
using Quorate.Simulation.Randomness;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Faults;

/// <summary>Injects the faults of a plan at times, places and for durations drawn from the seed, until it is healed.</summary>
internal sealed class Nemesis : SimulatedEvent
{
    private readonly Engine engine;
    private readonly FaultPlan plan;
    private readonly SeededRandom random;
    private readonly NetworkFaults network;
    private readonly MachineFaults machines;
    private readonly List<FaultKind> kinds;
    private readonly List<ActiveFault> active = [];
    private bool isHealed;

    public Nemesis(Engine engine, SimulatedNetwork network, IReadOnlyList<SimulatedMachine> machines, FaultPlan plan, int number)
    {
        this.engine = engine;
        this.plan = plan;
        random = SeededRandom.For(engine.Seed, $"nemesis {number}");
        this.network = new NetworkFaults(network, machines, random);
        this.machines = new MachineFaults(machines, plan, random);
        kinds = Choose();
        engine.Trace.Add(TraceKind.Note, engine.Now, $"nemesis: {string.Join(' ', kinds)}");
        if (kinds.Count > 0)
            ScheduleNext();
    }

    /// <summary>The kinds that this seed chose.</summary>
    public IReadOnlyList<FaultKind> Kinds => kinds;

    public override void Fire()
    {
        var kind = kinds[random.Next(kinds.Count)];
        var duration = DrawDuration();
        var end = network.Begin(kind, duration) ?? machines.Begin(kind);
        if (end is not null)
            Keep(end, duration);
        ScheduleNext();
    }

    /// <summary>Whether it still injects faults, and boots what stopped itself.</summary>
    public bool IsActive => kinds.Count > 0 && !isHealed;

    /// <summary>A machine stopped itself because its disk failed: it boots again after a while, or when all is healed.</summary>
    public void BootLater(SimulatedMachine machine) => Keep(machine.Reboot(), DrawDuration());

    /// <summary>Ends every fault that lasts, in the order of their beginning, and begins no more.</summary>
    public void Heal()
    {
        isHealed = true;
        Engine.Cancel(this);
        foreach (var fault in active)
            fault.End();
        active.Clear();
    }

    public void Forget(ActiveFault fault) => active.Remove(fault);

    private void Keep(Action end, TimeSpan duration)
    {
        var fault = new ActiveFault(this, end);
        active.Add(fault);
        engine.Schedule(fault, duration.Ticks);
    }

    private void ScheduleNext() => engine.Schedule(this, random.NextTimeSpan(plan.IntervalMin, plan.IntervalMax).Ticks);

    // Short faults are the more frequent ones: the square leans to the short end.
    private TimeSpan DrawDuration()
    {
        var part = random.NextDouble();
        return plan.DurationMin + (plan.DurationMax - plan.DurationMin) * (part * part);
    }

    private List<FaultKind> Choose()
    {
        var all = Enum.GetValues<FaultKind>().Where(k => k != FaultKind.None && plan.Kinds.HasFlag(k)).ToList();
        if (!plan.Swarm || all.Count < 2)
            return all;
        var chosen = all.Where(_ => random.Chance(0.5)).ToList();
        return chosen.Count > 0 ? chosen : [all[random.Next(all.Count)]];
    }
}
