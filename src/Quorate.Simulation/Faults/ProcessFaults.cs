using Quorate.Simulation.Execution;
using Quorate.Simulation.Machines;
using Quorate.Simulation.Networks;

namespace Quorate.Simulation.Faults;

/// <summary>Begins faults of processes and clocks; each gives back what ends it, or null where nothing began.</summary>
internal sealed class ProcessFaults(Engine engine, SimulatedNetwork network, FaultBudget budget, FaultPlan plan)
{
    private const int StrobesASecond = 20;
    private const int StrobesMax = 1000;
    private static readonly Action Nothing = static () => { };

    public Action? Begin(FaultAction action, List<SimulatedMachine> targets)
    {
        if (targets.Count == 0)
            return null;
        var one = targets[0];
        return action.Kind switch
        {
            FaultKind.Crash => Crash(targets),
            FaultKind.Pause => Pause(targets),
            FaultKind.CrashLoop => Loop(action, one),
            FaultKind.CleanStop => Stop(one),
            FaultKind.Upgrade => Upgrade(one, (int)action.Amount),
            FaultKind.Byzantine => Turn(one),
            FaultKind.ClockSkew => Skew(one, action.Amount),
            FaultKind.ClockDrift => Drift(one, action.Amount),
            FaultKind.ClockJump => Jump(one, action),
            FaultKind.ClockStrobe => Strobe(one, action),
            _ => null,
        };
    }

    private static TimeSpan Seconds(double amount) => new((long)Math.Round(amount * TimeSpan.TicksPerSecond));

    private Action? Crash(List<SimulatedMachine> targets)
    {
        var victims = new List<SimulatedMachine>();
        foreach (var machine in targets.Where(m => m.IsUp && !m.IsPaused))
        {
            if (!budget.MayHurt(machine))
                continue;
            machine.Crash();
            if (!plan.Restarts)
                machine.Retire();
            victims.Add(machine);
        }
        if (victims.Count == 0)
            return null;
        return plan.Restarts ? () => victims.ForEach(m => m.Start()) : Nothing;
    }

    private Action? Pause(List<SimulatedMachine> targets)
    {
        var paused = targets.Where(m => m.IsUp && !m.IsPaused && budget.MayHurt(m)).ToList();
        paused.ForEach(m => m.Pause());
        return paused.Count == 0 ? null : () => paused.ForEach(m => m.Resume());
    }

    private Action? Loop(FaultAction action, SimulatedMachine one)
    {
        if (!one.IsUp || one.IsPaused || !budget.MayHurt(one))
            return null;
        var life = Math.Max(Seconds(action.Amount).Ticks, TimeSpan.TicksPerMillisecond);
        var steps = (int)Math.Clamp(action.Duration.Ticks / life, 1, StrobesMax);
        var fault = new SteppedFault(engine, life, steps, step =>
        {
            if (step % 2 == 0)
                one.Crash();
            else
                one.Start();
        });
        fault.Begin();
        return () =>
        {
            fault.Stop();
            one.Start();
        };
    }

    private Action? Stop(SimulatedMachine one)
    {
        if (!one.IsUp || one.IsPaused || one.IsStopped || !budget.MayHurt(one))
            return null;
        one.Stop();
        return one.Start;
    }

    private Action? Upgrade(SimulatedMachine one, int version)
    {
        if (one.Version == version || Stop(one) is not { } boot)
            return null;
        one.Version = version;
        return boot;
    }

    private Action? Turn(SimulatedMachine one)
    {
        if (!network.CanTurn(one.Name) || !budget.MayTurn(one))
            return null;
        budget.Turned(one);
        network.Turn(one.Name, isTraitor: true);
        return () => network.Turn(one.Name, isTraitor: false);
    }

    private static Action Skew(SimulatedMachine one, double seconds)
    {
        one.Clock.SetSkew(Seconds(seconds));
        return () => one.Clock.SetSkew(TimeSpan.Zero);
    }

    private static Action Drift(SimulatedMachine one, double rate)
    {
        one.Clock.SetRate(rate);
        return () => one.Clock.SetRate(1);
    }

    // A jump that lasts is one back too.
    private static Action Jump(SimulatedMachine one, FaultAction action)
    {
        var by = Seconds(action.Amount);
        one.Clock.Jump(by);
        return action.Duration > TimeSpan.Zero ? () => one.Clock.Jump(-by) : Nothing;
    }

    private Action Strobe(SimulatedMachine one, FaultAction action)
    {
        var by = Seconds(action.Amount);
        var isAhead = false;
        var steps = (int)Math.Clamp(action.Duration.TotalSeconds * StrobesASecond, 2, StrobesMax);
        var fault = new SteppedFault(engine, action.Duration.Ticks / steps, steps, _ => Flip());
        fault.Begin();
        return () =>
        {
            fault.Stop();
            if (isAhead)
                Flip();
        };

        void Flip()
        {
            one.Clock.Jump(isAhead ? -by : by);
            isAhead = !isAhead;
        }
    }
}
