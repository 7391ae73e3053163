using Quorate.Simulation.Disks;
using Quorate.Simulation.Machines;

namespace Quorate.Simulation.Faults;

/// <summary>Begins faults of disks; each gives back what ends it, or null where nothing began.</summary>
internal sealed class DiskFaults(FaultBudget budget)
{
    private static readonly Action Nothing = static () => { };

    public Action? Begin(FaultAction action, List<SimulatedMachine> targets)
    {
        if (targets.Count == 0)
            return null;
        var one = targets[0];
        return action.Kind switch
        {
            FaultKind.SlowDisk => Slow(targets, action.Amount),
            FaultKind.FullDisk when budget.MayHurt(one) => Fill(one.Disk, (long)action.Amount),
            FaultKind.DiskErrors when budget.MayHurt(one) => Rate(rate => one.Disk.ErrorRate = rate, action),
            FaultKind.ReadErrors when budget.MayHurt(one) => Rate(rate => one.Disk.ReadErrorRate = rate, action),
            FaultKind.WriteErrors when budget.MayHurt(one) => Rate(rate => one.Disk.WriteErrorRate = rate, action),
            FaultKind.FailedSyncs when budget.MayHurt(one) => Rate(rate => one.Disk.SyncFailureRate = rate, action),
            FaultKind.LostNames when one.IsUp && !one.IsPaused && budget.MayHurt(one) => LoseNames(one),
            FaultKind.BitRot when budget.MayDamage(one) => one.Disk.Rot(action.Amount) ? Nothing : null,
            FaultKind.MisdirectedWrites when budget.MayDamage(one) => Rate(rate => one.Disk.MisdirectionRate = rate, action),
            _ => null,
        };
    }

    private static Action Slow(List<SimulatedMachine> targets, double factor)
    {
        targets.ForEach(m => m.Disk.Slowness = factor);
        return () => targets.ForEach(m => m.Disk.Slowness = 1);
    }

    private static Action Fill(SimulatedDisk disk, long room)
    {
        disk.CapacityBytes = disk.UsedBytes + room;
        return disk.RestoreCapacity;
    }

    private static Action Rate(Action<double> set, FaultAction action)
    {
        set(action.Amount);
        return () => set(0);
    }

    private static Action LoseNames(SimulatedMachine one)
    {
        one.Disk.LosesNames = true;
        one.Crash();
        one.Disk.LosesNames = false;
        return one.Start;
    }
}
