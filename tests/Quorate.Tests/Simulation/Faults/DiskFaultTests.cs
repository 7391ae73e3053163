using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Faults;

namespace Quorate.Tests.Simulation.Faults;

/// <summary>Each fault of disks happens, and ends at its time; and damage stays within its budget.</summary>
public sealed class DiskFaultTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(FaultKind.ReadErrors, true, false)]
    [InlineData(FaultKind.WriteErrors, false, true)]
    [InlineData(FaultKind.DiskErrors, true, true)]
    public void Reads_and_writes_fail_apart(FaultKind kind, bool failsReads, bool failsWrites)
    {
        var (reads, writes) = (0, 0);
        using var world = new World(1);
        world.AddMachine("n1", async (machine, stop) =>
        {
            await using var file = await machine.Disk.OpenAsync("f", OpenMode.OpenOrCreate, stop);
            while (true)
            {
                reads += await FailsAsync(async () => await file.ReadAsync(0, new byte[10], stop));
                writes += await FailsAsync(async () => await file.WriteAsync(0, new byte[10], stop));
                await machine.Clock.Delay(TimeSpan.FromMilliseconds(10), stop);
            }
        });
        world.Run(Second);
        Assert.True(world.Strike(new(kind, world.Now, Second) { Targets = ["n1"], Amount = 0.5 }));
        world.Run(Second);
        Assert.Equal((failsReads, failsWrites), (reads > 20, writes > 20));
        (reads, writes) = (0, 0);
        world.Run(Second);
        Assert.Equal((0, 0), (reads, writes));
    }

    [Fact]
    public void A_crash_that_loses_names_loses_what_no_directory_sync_made_durable_and_keeps_the_bytes()
    {
        using var world = new World(1);
        var n1 = world.AddMachine("n1", async (machine, stop) =>
        {
            if (await machine.Disk.ExistsAsync("kept", stop))
                return;
            await using var kept = await machine.Disk.OpenAsync("kept", OpenMode.CreateNew, stop);
            await machine.Disk.SyncDirectoryAsync("", stop);
            await kept.WriteAsync(0, new byte[5000], stop);
            await using var lost = await machine.Disk.OpenAsync("lost", OpenMode.CreateNew, stop);
            await lost.WriteAndSyncAsync(0, new byte[100], stop);
        });
        world.Run(Second);
        Assert.NotNull(n1.Disk.ReadAllBytes("lost"));
        Assert.True(world.Strike(new(FaultKind.LostNames, world.Now, Second) { Targets = ["n1"] }));
        world.Run(Second * 2);
        Assert.Null(n1.Disk.ReadAllBytes("lost"));
        Assert.Equal(5000, n1.Disk.ReadAllBytes("kept")!.Length);
        Assert.Equal(2, n1.Boots);
    }

    [Fact]
    public void Bit_rot_flips_one_bit_at_the_place_that_the_fault_names()
    {
        using var world = Written();
        world.Inject(FaultPlan.None);
        Assert.True(world.Strike(new(FaultKind.BitRot, world.Now) { Targets = ["n1"], Amount = 0.5 }));
        var bytes = world.Machines[0].Disk.ReadAllBytes("f")!;
        Assert.Equal(1, bytes[bytes.Length / 2]);
        Assert.Equal(1, bytes.Sum(b => b));
        world.Machines[0].Restart();
        Assert.Equal(bytes, world.Machines[0].Disk.ReadAllBytes("f"));
    }

    [Fact]
    public void A_misdirected_write_lands_elsewhere_in_the_file_and_says_that_it_was_done()
    {
        using var world = Written();
        world.Inject(FaultPlan.None);
        var n1 = world.Machines[0];
        Assert.True(world.Strike(new(FaultKind.MisdirectedWrites, world.Now, Second) { Targets = ["n1"], Amount = 1 }));
        world.Run(Second / 2);
        Assert.True(n1.Disk.IsDamaged);
        Assert.Contains((byte)9, n1.Disk.ReadAllBytes("f")!.Skip(512));
        world.Run(Second);
        Assert.Equal(0, n1.Disk.MisdirectionRate);
    }

    [Fact]
    public void At_most_a_minority_of_the_disks_is_damaged()
    {
        using var world = new World(5);
        for (var i = 1; i <= 5; i++)
            world.AddMachine($"n{i}", WriteAsync);
        world.Run(Second);
        world.Inject(FaultPlan.Damage with { Kinds = FaultKind.BitRot | FaultKind.MisdirectedWrites, Swarm = false, IntervalMax = Second });
        world.Run(Second * 120);
        Assert.Equal(2, world.Machines.Count(m => m.Disk.IsDamaged));
    }

    private static World Written()
    {
        var world = new World(1);
        for (var i = 1; i <= 3; i++)
            world.AddMachine($"n{i}", WriteAsync);
        world.Run(Second);
        return world;
    }

    // Zeros, and later nines in the first sector.
    private static async Task WriteAsync(IMachine machine, CancellationToken stop)
    {
        await using var file = await machine.Disk.OpenAsync("f", OpenMode.OpenOrCreate, stop);
        if (file.Length == 0)
            await file.WriteAndSyncAsync(0, new byte[8192], stop);
        await machine.Disk.SyncDirectoryAsync("", stop);
        await machine.Clock.Delay(Second * 1.2, stop);
        await file.WriteAndSyncAsync(0, Enumerable.Repeat((byte)9, 100).ToArray(), stop);
    }

    private static async Task<int> FailsAsync(Func<Task> operation)
    {
        try
        {
            await operation();
            return 0;
        }
        catch (IOException)
        {
            return 1;
        }
    }
}
