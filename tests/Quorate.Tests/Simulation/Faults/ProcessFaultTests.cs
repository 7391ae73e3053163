using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Clocks;
using Quorate.Simulation.Faults;

namespace Quorate.Tests.Simulation.Faults;

/// <summary>Each fault of processes and clocks happens, and ends at its time.</summary>
[Trait("Speed", "Slow")]
public sealed class ProcessFaultTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_crash_loop_crashes_again_soon_after_each_boot_and_leaves_the_machine_up()
    {
        using var world = Worlds();
        Assert.True(world.Strike(new(FaultKind.CrashLoop, world.Now, Second * 2) { Targets = ["n1"], Amount = 0.2 }));
        world.Run(Second * 3);
        Assert.InRange(world.Machines[0].Boots, 5, 7);
        Assert.True(world.Machines[0].IsUp);
        world.Run(Second * 10);
        Assert.InRange(world.Machines[0].Boots, 5, 7);
    }

    [Fact]
    public void A_clean_stop_lets_main_return_and_loses_nothing()
    {
        var stops = 0;
        using var world = new World(1);
        world.AddMachine("n1", async (machine, stop) =>
        {
            await using var file = await machine.Disk.OpenAsync("f", OpenMode.OpenOrCreate, stop);
            try
            {
                await machine.Clock.Delay(Timeout.InfiniteTimeSpan, stop);
            }
            finally
            {
                stops++;
                await file.WriteAsync(file.Length, new byte[10], CancellationToken.None);
            }
        });
        world.Run(Second);
        Assert.True(world.Strike(new(FaultKind.CleanStop, world.Now, Second) { Targets = ["n1"] }));
        world.Run(Second / 2);
        Assert.False(world.Machines[0].IsUp);
        Assert.Equal(10, world.Machines[0].Disk.ReadAllBytes("f")!.Length);
        world.Run(Second);
        Assert.Equal((1, 2, true), (stops, world.Machines[0].Boots, world.Machines[0].IsUp));
    }

    [Fact]
    public void A_main_that_does_not_stop_when_asked_is_ended_at_the_next_boot()
    {
        using var world = new World(1);
        world.AddMachine("n1", (machine, _) => machine.Clock.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None));
        world.Run(Second);
        Assert.True(world.Strike(new(FaultKind.CleanStop, world.Now, Second) { Targets = ["n1"] }));
        world.Run(Second * 2);
        Assert.Equal((2, true, false), (world.Machines[0].Boots, world.Machines[0].IsUp, world.Machines[0].IsStopped));
    }

    [Fact]
    public void Upgrades_roll_through_the_machines_one_version_at_a_time()
    {
        var ran = new SortedSet<string>(StringComparer.Ordinal);
        using var world = new World(3);
        for (var i = 1; i <= 3; i++)
            world.AddMachine($"n{i}", (machine, version, stop) =>
            {
                ran.Add($"{machine.Name} {version}");
                return machine.Clock.Delay(Timeout.InfiniteTimeSpan, stop);
            });
        world.Inject(new FaultPlan { Kinds = FaultKind.Upgrade, VersionMax = 3, DurationMax = Second, IntervalMax = Second * 2, DownMax = 1 });
        var spread = 0;
        world.AddInvariant(() => spread = Math.Max(spread, world.Machines.Count(m => !m.IsUp)));
        world.Run(Second * 120);
        Assert.Equal(9, ran.Count);
        Assert.Equal(1, spread);
    }

    [Fact]
    public void Without_another_version_there_is_no_upgrade()
    {
        using var world = Worlds();
        world.Inject(new FaultPlan { Kinds = FaultKind.Upgrade });
        world.Run(Second * 60);
        Assert.Empty(world.Faults);
    }

    [Fact]
    public void A_strobe_flips_the_wall_clock_to_and_fro_and_ends_where_it_began()
    {
        using var world = Worlds();
        var clock = world.Machines[0].Clock;
        Assert.True(world.Strike(new(FaultKind.ClockStrobe, world.Now, Second) { Targets = ["n1"], Amount = 60 }));
        var (flips, last) = (0, TimeSpan.Zero);
        for (var i = 0; i < 1500; i++)
        {
            world.Run(TimeSpan.FromMilliseconds(1));
            Assert.True(clock.WallOffset == TimeSpan.Zero || clock.WallOffset == TimeSpan.FromSeconds(60));
            if (clock.WallOffset != last)
                flips++;
            last = clock.WallOffset;
        }
        Assert.InRange(flips, 18, 22);
        Assert.Equal(TimeSpan.Zero, clock.WallOffset);
    }

    [Fact]
    public void A_clock_with_a_bound_keeps_it_whatever_is_done_to_it()
    {
        var bound = TimeSpan.FromMilliseconds(7);
        using var world = new World(1, new WorldOptions { ClockErrorMax = bound });
        var machine = world.AddMachine("n1", (m, stop) => m.Clock.Delay(Timeout.InfiniteTimeSpan, stop));
        var kinds = FaultKind.ClockJump | FaultKind.ClockSkew | FaultKind.ClockDrift | FaultKind.ClockStrobe;
        world.Inject(new FaultPlan { Kinds = kinds, Swarm = false, IntervalMax = Second });
        var worst = TimeSpan.Zero;
        for (var i = 0; i < 2000; i++)
        {
            world.Run(TimeSpan.FromMilliseconds(50));
            var error = (machine.Clock.UtcNow - SimulatedClock.Epoch - world.Now).Duration();
            worst = error > worst ? error : worst;
        }
        Assert.Equal(bound, worst);
    }

    private static World Worlds()
    {
        var world = new World(1);
        world.AddMachine("n1", (machine, stop) => machine.Clock.Delay(Timeout.InfiniteTimeSpan, stop));
        world.Run(Second);
        return world;
    }
}
