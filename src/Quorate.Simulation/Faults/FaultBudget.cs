using Quorate.Simulation.Machines;

namespace Quorate.Simulation.Faults;

/// <summary>
/// Keeps every damage recoverable: says no to a fault that would take more machines, disks or traitors than the plan allows. Asked when a
/// fault is carried out, so that a schedule which was cut down cannot exceed it either.
/// </summary>
internal sealed class FaultBudget(IReadOnlyList<SimulatedMachine> all, FaultPlan plan)
{
    private readonly HashSet<SimulatedMachine> traitors = [];

    private IEnumerable<SimulatedMachine> Servers => all.Where(m => !m.IsClient);

    /// <summary>Whether a machine may go down, be paused, or have a disk that fails it.</summary>
    public bool MayHurt(SimulatedMachine one) => IsHurt(one) || Servers.Count(IsHurt) < plan.DownMax;

    /// <summary>Whether what a machine has synced may be damaged. A damaged disk counts for good: nobody says when it was repaired.</summary>
    public bool MayDamage(SimulatedMachine one) =>
        one.Disk.IsDamaged || IsDamaging(one) || Servers.Count(m => m.Disk.IsDamaged || IsDamaging(m)) < plan.DamagedMax(Servers.Count());

    /// <summary>Whether a machine may turn traitor. One that did counts for good.</summary>
    public bool MayTurn(SimulatedMachine one) => traitors.Contains(one) || traitors.Count < plan.TraitorsMax(Servers.Count());

    /// <summary>Notes that a machine turned.</summary>
    public void Turned(SimulatedMachine one) => traitors.Add(one);

    private static bool IsDamaging(SimulatedMachine machine) => machine.Disk.MisdirectionRate > 0;

    // Down, paused, or likely to stop itself: its disk fails, or has failed it and the node may not have met that yet.
    private static bool IsHurt(SimulatedMachine machine) =>
        !machine.IsUp || machine.IsPaused || machine.Disk.IsFailing || machine.Disk.HasFailed;
}
