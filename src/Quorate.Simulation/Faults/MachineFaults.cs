using Quorate.Simulation.Machines;
using Quorate.Simulation.Randomness;

namespace Quorate.Simulation.Faults;

/// <summary>Begins faults of processes, clocks and disks; each gives back what ends it, or null where nothing began.</summary>
internal sealed class MachineFaults(IReadOnlyList<SimulatedMachine> all, FaultPlan plan, SeededRandom random)
{
    public Action? Begin(FaultKind kind)
    {
        var servers = all.Where(m => !m.IsClient).ToList();
        if (servers.Count == 0)
            return null;
        var one = servers[random.Next(servers.Count)];
        return kind switch
        {
            FaultKind.Crash => Crash(servers),
            FaultKind.Pause => Pause(servers, one),
            FaultKind.ClockSkew => Skew(one),
            FaultKind.ClockDrift => Drift(one),
            FaultKind.ClockJump => Jump(one),
            FaultKind.SlowDisk => Slow(one),
            FaultKind.FullDisk when MayHurt(servers, one) => Fill(one),
            FaultKind.DiskErrors when MayHurt(servers, one) => Errors(one),
            FaultKind.FailedSyncs when MayHurt(servers, one) => FailSyncs(one),
            _ => null,
        };
    }

    // Down, paused, or likely to stop itself: its disk fails, or has failed it and the node may not have met that yet.
    private static bool IsCounted(SimulatedMachine machine) =>
        !machine.IsUp || machine.IsPaused || machine.Disk.IsFailing || machine.Disk.HasFailed;

    private int Budget(List<SimulatedMachine> servers) => plan.DownMax - servers.Count(IsCounted);

    private bool MayHurt(List<SimulatedMachine> servers, SimulatedMachine one) => IsCounted(one) || Budget(servers) > 0;

    private Action? Crash(List<SimulatedMachine> servers)
    {
        // Mostly one; sometimes any number, up to all at once.
        var count = random.Chance(0.7) ? 1 : 1 + random.Next(servers.Count);
        var candidates = servers.Where(m => m.IsUp && !m.IsPaused).ToArray();
        random.Shuffle(candidates);
        var victims = new List<SimulatedMachine>();
        foreach (var machine in candidates.Take(count))
        {
            if (!MayHurt(servers, machine))
                continue;
            machine.Crash();
            victims.Add(machine);
        }
        if (victims.Count == 0)
            return null;
        return () =>
        {
            foreach (var machine in victims)
                machine.Start();
        };
    }

    private Action? Pause(List<SimulatedMachine> servers, SimulatedMachine one)
    {
        if (!one.IsUp || one.IsPaused || !MayHurt(servers, one))
            return null;
        one.Pause();
        return one.Resume;
    }

    private Action Skew(SimulatedMachine one)
    {
        one.Clock.SetSkew(DrawSigned(plan.ClockJumpMax));
        return () => one.Clock.SetSkew(TimeSpan.Zero);
    }

    private Action Drift(SimulatedMachine one)
    {
        one.Clock.SetRate(1 + (random.NextDouble() * 2 - 1) * plan.ClockDriftMax);
        return () => one.Clock.SetRate(1);
    }

    private Action Jump(SimulatedMachine one)
    {
        var by = DrawSigned(plan.ClockJumpMax);
        one.Clock.Jump(by);
        return random.Chance(0.5) ? () => one.Clock.Jump(-by) : static () => { };
    }

    private Action Slow(SimulatedMachine one)
    {
        one.Disk.Slowness = 1 + random.NextDouble() * 200;
        return () => one.Disk.Slowness = 1;
    }

    private Action Fill(SimulatedMachine one)
    {
        one.Disk.CapacityBytes = one.Disk.UsedBytes + random.Next(64 * 1024);
        return one.Disk.RestoreCapacity;
    }

    private Action Errors(SimulatedMachine one)
    {
        one.Disk.ErrorRate = random.NextDouble() * 0.2;
        return () => one.Disk.ErrorRate = 0;
    }

    private Action FailSyncs(SimulatedMachine one)
    {
        one.Disk.SyncFailureRate = random.NextDouble() * 0.3;
        return () => one.Disk.SyncFailureRate = 0;
    }

    // Small and large jumps are alike likely: a clock that is 10 ms off shows other faults than one that is an hour off.
    private TimeSpan DrawSigned(TimeSpan max)
    {
        var size = max / (1L << random.Next(20)) * random.NextDouble();
        return random.Chance(0.5) ? size : -size;
    }
}
