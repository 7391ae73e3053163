using Quorate.Kernel.Invariants;
using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Disks;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Faults;

namespace Quorate.Tests.Simulation;

/// <summary>A node that gives up because its disk failed is down, and no fault of the node.</summary>
public sealed class SelfStopTests
{
    private static readonly FaultPlan DiskFailures = new()
    {
        Kinds = FaultKind.DiskErrors | FaultKind.FailedSyncs | FaultKind.FullDisk,
        Swarm = false,
        IntervalMax = TimeSpan.FromSeconds(2),
        DurationMax = TimeSpan.FromSeconds(2),
    };

    [Fact]
    public void An_error_of_the_disk_handed_to_Fail_takes_the_machine_down_and_the_world_goes_on()
    {
        using var world = new World(1);
        var machine = world.AddMachine("m", async (m, ct) =>
        {
            await using var file = await m.Disk.OpenAsync("a", OpenMode.OpenOrCreate, ct);
            try
            {
                await file.SyncAsync(ct);
            }
            catch (IOException e)
            {
                m.Fail(new IOException("the log is poisoned", e));
                m.Fail(new IOException("said twice", e));
            }
            await Forever();
        });
        machine.Disk.SyncFailureRate = 1;
        world.Run(TimeSpan.FromMinutes(1));
        Assert.False(machine.IsUp);
        Assert.Equal("the log is poisoned", machine.StoppedItself?.Message);
        Assert.Equal((1, 1), (machine.Boots, machine.SelfStops));

        machine.Disk.Heal();
        machine.Start();
        world.Run(TimeSpan.FromMinutes(1));
        Assert.True(machine.IsUp);
        Assert.Null(machine.StoppedItself);
    }

    [Fact]
    public void An_error_of_the_disk_that_escapes_main_or_a_strand_takes_the_machine_down()
    {
        using var world = new World(2);
        var main = world.AddMachine("main", (m, ct) => m.Disk.OpenAsync("a", OpenMode.OpenOrCreate, ct).AsTask());
        var strand = world.AddMachine("strand", (m, ct) =>
        {
            m.CreateStrand("other").Post(async void () => await m.Disk.CreateDirectoryAsync("d"));
            return Task.CompletedTask;
        });
        (main.Disk.ErrorRate, strand.Disk.ErrorRate) = (1, 1);
        world.Run(TimeSpan.FromSeconds(1));
        Assert.All(world.Machines, m => Assert.IsType<IOException>(m.StoppedItself));
        Assert.All(world.Machines, m => Assert.False(m.IsUp));
    }

    [Fact]
    public void A_node_that_starts_while_its_disk_is_full_stops_itself_and_starts_after_the_heal()
    {
        using var world = new World(3);
        var machine = world.AddMachine("m", async (m, ct) =>
        {
            await using var file = await m.Disk.OpenAsync("a", OpenMode.OpenOrCreate, ct);
            await file.SetLengthAsync(4096, ct);
            await Forever();
        });
        machine.Disk.CapacityBytes = 100;
        world.Run(TimeSpan.FromSeconds(1));
        Assert.IsType<DiskFullException>(machine.StoppedItself);
        world.Heal();
        world.Run(TimeSpan.FromSeconds(1));
        Assert.True(machine.IsUp);
        Assert.Equal(2, machine.Boots);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Peers_of_a_node_that_stopped_itself_see_a_reset_and_unsynced_writes_suffer()
    {
        var lost = 0;
        for (var seed = 0UL; seed < 30; seed++)
        {
            using var world = new World(seed);
            var server = world.AddMachine("s", async (m, ct) =>
            {
                await using var file = await m.Disk.OpenAsync("a", OpenMode.OpenOrCreate, ct);
                await m.Disk.SyncDirectoryAsync("", ct);
                await file.WriteAsync(0, new byte[] { 1 }, ct);
                await using var listener = await m.Network.ListenAsync(new("s", 1), ct);
                await listener.AcceptAsync(ct); // Not closed on the way out: a process that exits of itself closes nothing cleanly.
                world.Machines[0].Disk.SyncFailureRate = 1;
                await file.SyncAsync(ct);
            });
            Exception? seen = null;
            world.AddClient("c", async (m, ct) =>
            {
                await m.Clock.Delay(TimeSpan.FromMilliseconds(50), ct);
                await using var connection = await m.Network.ConnectAsync(new("s", 1), ct);
                seen = await Assert.ThrowsAnyAsync<IOException>(async () => await connection.Input.ReadAsync(ct));
            });
            Assert.True(world.RunUntil(() => seen is not null, TimeSpan.FromSeconds(1)));
            Assert.NotNull(server.StoppedItself);
            lost += server.Disk.ReadAllBytes("a") is [1] ? 0 : 1;
        }
        Assert.InRange(lost, 5, 29);
    }

    [Fact]
    public void Anything_else_that_ends_a_node_fails_the_seed()
    {
        // Not an error of the disk, though the disk does fail.
        Fails(disk => disk.ErrorRate = 1, async m =>
        {
            await Assert.ThrowsAsync<IOException>(async () => await m.Disk.ListAsync(""));
            m.Fail(new InvariantViolationException("two leaders"));
        });
        Fails(disk => disk.ErrorRate = 1, async m =>
        {
            await Assert.ThrowsAsync<IOException>(async () => await m.Disk.ListAsync(""));
            throw new CorruptFileException("a", 0, "a checksum is wrong");
        });
        Fails(disk => disk.ErrorRate = 1, async m =>
        {
            await Assert.ThrowsAsync<IOException>(async () => await m.Disk.ListAsync(""));
            throw new IOException("wrapped", new CorruptFileException("a", 0, "a checksum is wrong"));
        });
        // Not by the disk: it did all that it was asked to.
        Fails(_ => { }, async m => await m.Network.ConnectAsync(new("m", 1)));
        Fails(_ => { }, async m => await m.Disk.OpenAsync("none", OpenMode.Existing));
    }

    [Fact]
    public void A_corrupt_file_stops_the_node_again_and_again_where_bits_were_flipped_and_boots_are_bounded()
    {
        using var world = new World(4);
        var machine = world.AddMachine("m", async (m, ct) =>
        {
            await using var file = await m.Disk.OpenAsync("a", OpenMode.OpenOrCreate, ct);
            var one = new byte[1];
            if (await file.ReadAsync(0, one, ct) == 0)
            {
                await file.WriteAndSyncAsync(0, one, ct);
                await m.Disk.SyncDirectoryAsync("", ct);
            }
            if (one[0] != 0)
                throw new CorruptFileException("a", 0, "a bit was flipped");
            await Forever();
        });
        world.Run(TimeSpan.FromSeconds(1));
        machine.Disk.FlipBit("a", 0);
        machine.Restart();
        world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal((2, 1), (machine.Boots, machine.SelfStops));
        world.Heal();
        world.Run(TimeSpan.FromHours(1));
        Assert.IsType<CorruptFileException>(machine.StoppedItself);
        Assert.Equal((8, 7), (machine.Boots, machine.SelfStops));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void The_nemesis_boots_what_stopped_itself_and_the_heal_boots_the_rest()
    {
        var stops = 0;
        for (var seed = 0UL; seed < 10; seed++)
        {
            using var world = new World(seed);
            for (var i = 0; i < 3; i++)
                world.AddMachine($"n{i}", WriteForeverAsync);
            world.Inject(DiskFailures);
            world.Run(TimeSpan.FromMinutes(1));
            Assert.All(world.Machines, m => Assert.InRange(m.Boots, m.SelfStops, m.SelfStops + 1));
            world.Heal();
            Assert.All(world.Machines, m => Assert.True(m.IsUp));
            world.Run(TimeSpan.FromSeconds(30));
            Assert.All(world.Machines, m => Assert.True(m.IsUp));
            stops += world.Machines.Sum(m => m.SelfStops);
        }
        Assert.InRange(stops, 100, 2000);
    }

    [Fact]
    public void What_stops_itself_after_the_heal_because_of_what_was_before_boots_again()
    {
        using var world = new World(5);
        var machine = world.AddMachine("m", async (m, ct) =>
        {
            try
            {
                await m.Disk.ListAsync("", ct);
            }
            catch (IOException e)
            {
                // A log that is poisoned, and used only later.
                await m.Clock.Delay(TimeSpan.FromSeconds(10), ct);
                m.Fail(e);
            }
            await Forever();
        });
        machine.Disk.ErrorRate = 1;
        world.Run(TimeSpan.FromSeconds(1));
        world.Heal();
        world.Run(TimeSpan.FromSeconds(20));
        Assert.True(machine.IsUp);
        Assert.Equal((2, 1), (machine.Boots, machine.SelfStops));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void The_budget_counts_those_that_stopped_themselves()
    {
        var (worst, stops) = (0, 0);
        for (var seed = 0UL; seed < 10; seed++)
        {
            using var world = new World(seed);
            for (var i = 0; i < 5; i++)
                world.AddMachine($"n{i}", WriteForeverAsync);
            world.Inject(DiskFailures with { Kinds = DiskFailures.Kinds | FaultKind.Crash | FaultKind.Pause, DownMax = 2 });
            world.AddInvariant(() => worst = Math.Max(worst, world.Machines.Count(m => !m.IsUp || m.IsPaused)));
            world.Run(TimeSpan.FromMinutes(1));
            stops += world.Machines.Sum(m => m.SelfStops);
        }
        Assert.Equal(2, worst);
        Assert.InRange(stops, 30, 2000);
    }

    [Fact]
    public void A_machine_that_was_asked_to_stop_is_not_booted_again()
    {
        using var world = new World(6);
        var machine = world.AddMachine("m", async (m, ct) =>
        {
            try
            {
                await m.Clock.Delay(TimeSpan.FromHours(1), ct);
            }
            catch (OperationCanceledException)
            {
                await m.Disk.ListAsync("", CancellationToken.None);
            }
        });
        world.Inject(DiskFailures with { IntervalMin = TimeSpan.FromHours(1), IntervalMax = TimeSpan.FromHours(1) });
        world.Run(TimeSpan.FromSeconds(1));
        machine.Disk.ErrorRate = 1;
        machine.Stop();
        world.Run(TimeSpan.FromMinutes(1));
        world.Heal();
        world.Run(TimeSpan.FromMinutes(1));
        Assert.Equal((1, 1), (machine.Boots, machine.SelfStops));
        Assert.False(machine.IsUp);
    }

    private static async Task WriteForeverAsync(IMachine m, CancellationToken ct)
    {
        await using var file = await m.Disk.OpenAsync("a", OpenMode.OpenOrCreate, ct);
        for (var at = 0L; ; at += 100)
        {
            await file.WriteAndSyncAsync(at, new byte[100], ct);
            await m.Clock.Delay(TimeSpan.FromMilliseconds(20), ct);
        }
    }

    private static Task Forever() => new TaskCompletionSource().Task;

    private static void Fails(Action<SimulatedDisk> knobs, Func<IMachine, Task> body)
    {
        using var world = new World(7);
        var machine = world.AddMachine("m", (m, _) => body(m));
        knobs(machine.Disk);
        Assert.Throws<SimulationFailedException>(() => world.Run(TimeSpan.FromMinutes(1)));
        Assert.Null(machine.StoppedItself);
    }
}
