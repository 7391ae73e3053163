using Quorate.Simulation.Execution;
using Quorate.Simulation.Machines;
using Quorate.Simulation.Networks;

namespace Quorate.Simulation.Faults;

/// <summary>Carries faults out, whoever decided on them, remembers which, and ends them at their time.</summary>
internal sealed class FaultCarrier
{
    private static readonly TimeSpan RebootMin = TimeSpan.FromMilliseconds(50);
    private readonly Engine engine;
    private readonly IReadOnlyList<SimulatedMachine> machines;
    private readonly SimulatedNetwork network;
    private readonly NetworkFaults ofNetwork;
    private readonly List<ActiveFault> active = [];
    private readonly List<FaultAction> carried = [];
    private ProcessFaults ofProcesses;
    private DiskFaults ofDisks;
    private FaultPlan plan = new();

    public FaultCarrier(Engine engine, SimulatedNetwork network, IReadOnlyList<SimulatedMachine> machines)
    {
        this.engine = engine;
        this.machines = machines;
        this.network = network;
        ofNetwork = new NetworkFaults(engine, network);
        Budget = new FaultBudget(machines, plan);
        (ofProcesses, ofDisks) = (new ProcessFaults(engine, network, Budget, plan), new DiskFaults(Budget));
    }

    /// <summary>What was carried out, in the order of its beginning.</summary>
    public IReadOnlyList<FaultAction> Carried => carried;

    /// <summary>What the plan in force allows.</summary>
    public FaultBudget Budget { get; private set; }

    /// <summary>From now on this plan's bounds are in force.</summary>
    public void Obey(FaultPlan next)
    {
        plan = next;
        Budget = new FaultBudget(machines, plan);
        (ofProcesses, ofDisks) = (new ProcessFaults(engine, network, Budget, plan), new DiskFaults(Budget));
    }

    /// <summary>Begins a fault now; null where it cannot: its machines are not there or down, or the budget is used up.</summary>
    public ActiveFault? TryBegin(FaultAction action)
    {
        var found = Find(action.Targets);
        if (found.Count < action.Targets.Count || Find(action.Others).Count < action.Others.Count)
            return null;
        var end = ofNetwork.Begin(action) ?? ofProcesses.Begin(action, found) ?? ofDisks.Begin(action, found);
        if (end is null)
            return null;
        carried.Add(action with { At = new TimeSpan(engine.Now) });
        return Keep(end, action.Duration, carried.Count - 1);
    }

    /// <summary>A machine stopped itself because its disk failed: it boots again after a while, or when all is healed.</summary>
    public void BootLater(SimulatedMachine machine) => Keep(machine.Reboot(), machine.DrawRebootDelay(RebootMin, plan.DurationMax));

    /// <summary>Ends every fault that lasts, in the order of their beginning.</summary>
    public void Heal()
    {
        foreach (var fault in active.ToList())
            fault.End();
        active.Clear();
    }

    /// <summary>Whether a fault has not ended yet.</summary>
    public bool IsActive(ActiveFault fault) => active.Contains(fault);

    /// <summary>A fault ends.</summary>
    public void Forget(ActiveFault fault) => active.Remove(fault);

    /// <summary>A fault that was carried out ends at this time, before its own.</summary>
    public void Shorten(int place, long end) => carried[place] = carried[place] with { Duration = new TimeSpan(end) - carried[place].At };

    private ActiveFault Keep(Action end, TimeSpan duration, int place = -1)
    {
        var fault = new ActiveFault(engine, this, place, end);
        active.Add(fault);
        if (duration > TimeSpan.Zero)
            fault.EndAt(engine.Now + duration.Ticks);
        return fault;
    }

    private List<SimulatedMachine> Find(IReadOnlyList<string> names)
    {
        var found = new List<SimulatedMachine>(names.Count);
        foreach (var name in names)
        {
            if (machines.FirstOrDefault(m => m.Name == name) is { } machine)
                found.Add(machine);
        }
        return found;
    }
}
