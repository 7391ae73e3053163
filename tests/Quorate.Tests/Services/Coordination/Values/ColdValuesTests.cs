using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Values;
using Quorate.Simulation;
using Quorate.Simulation.Machines;

namespace Quorate.Tests.Services.Coordination.Values;

public sealed class ColdValuesTests
{
    private const int ChunkBytes = 8 << 10;
    private const string File = "values/1";

    [Fact]
    public void Old_values_leave_memory_and_read_back_as_written() => OneMachine.Run(1, async (machine, disk) =>
    {
        var cold = new ColdValues(machine, File, 4 * ChunkBytes);
        await using var arena = new ValueArena(cold, ChunkBytes);
        var written = Fill(arena, 2_000, 1);
        Assert.True(cold.MemoryBytes > 4 * ChunkBytes);
        await OneMachine.SettleAsync(machine);
        Assert.InRange(cold.MemoryBytes, 1, 4 * ChunkBytes);
        Assert.True(disk.ReadAllBytes(File)!.Length > 50 * ChunkBytes);
        Assert.True(written[0].Version.Chunk!.IsCold);
        Assert.False(written[^1].Version.Chunk!.IsCold);
        ReadAll(written);
    });

    [Fact]
    [Trait("Speed", "Slow")]
    public void Blocks_of_values_that_are_gone_are_written_again_and_the_end_of_the_file_is_given_back() => OneMachine.Run(2, async (machine, disk) =>
    {
        await using var arena = new ValueArena(new ColdValues(machine, File, 0), 64 << 10);
        var before = 0L;
        for (var round = 0; round < 4; round++)
        {
            var written = Fill(arena, 6_000, 2);
            await OneMachine.SettleAsync(machine);
            var length = disk.ReadAllBytes(File)!.Length;
            Assert.True(round == 0 || length <= before + (2 * (64 << 10)), $"{length} bytes after {before}");
            before = length;
            ReadAll(written);
            written.ForEach(w => arena.Free(w.Version));
        }

        var last = Fill(arena, 6_000 * 18, 9);
        await OneMachine.SettleAsync(machine);
        last.ForEach(w => arena.Free(w.Version));
        var kept = Fill(arena, 1_000, 10);
        await OneMachine.SettleAsync(machine);
        Assert.InRange(disk.ReadAllBytes(File)!.Length, 1, 1 << 20);
        ReadAll(kept);
    });

    [Fact]
    public void Where_the_disk_is_full_values_stay_in_memory_until_there_is_room() => OneMachine.Run(3, async (machine, disk) =>
    {
        disk.CapacityBytes = 3 * ChunkBytes;
        var cold = new ColdValues(machine, File, 0);
        await using var arena = new ValueArena(cold, ChunkBytes);
        var written = Fill(arena, 1_000, 3);
        await OneMachine.SettleAsync(machine);
        Assert.True(cold.MemoryBytes > 20 * ChunkBytes);
        ReadAll(written);
        disk.RestoreCapacity();
        written.AddRange(Fill(arena, 100, 4));
        await OneMachine.SettleAsync(machine);
        Assert.Equal(0, cold.MemoryBytes);
        ReadAll(written);
    });

    [Theory]
    [InlineData(0, "a block is not what was written there")]
    [InlineData(1, "are missing")]
    public void A_bad_block_fails_the_machine_and_is_never_taken_for_a_value(int damage, string message)
    {
        using var world = new World(4);
        Exception? thrown = null;
        SimulatedMachine? machine = null;
        machine = world.AddMachine("m", async (m, stop) =>
        {
            var arena = new ValueArena(new ColdValues(m, File, 0), ChunkBytes);
            var written = Fill(arena, 500, 5);
            await OneMachine.SettleAsync(m);
            if (damage == 0)
                machine!.Disk.FlipBit(File, ColdFile.BlockBytes + 17);
            else
                await (await m.Disk.OpenAsync(File, OpenMode.Existing, stop)).SetLengthAsync(ColdFile.BlockBytes, stop);
            thrown = Record.Exception(() => ReadAll(written));
        });
        var failure = Record.Exception(() => world.Run(TimeSpan.FromSeconds(20)));
        Assert.Contains(message, Assert.IsType<CorruptFileException>(thrown).Message);
        // Where the device did it, the machine is down as by a crash; where nothing broke, the seed fails.
        Assert.Equal(damage == 0, failure is null);
        Assert.False(machine.IsUp);
    }

    private static List<(KeyVersion Version, VersionDetails Details)> Fill(ValueArena arena, int count, int seed)
    {
        var random = new Random(seed);
        var written = new List<(KeyVersion, VersionDetails)>();
        for (var i = 0; i < count; i++)
        {
            var value = new byte[random.Next(300) == 0 ? random.Next(50_000) : random.Next(600)];
            random.NextBytes(value);
            var details = new VersionDetails(random.Next(1, 100), random.Next(1 << 20), random.NextInt64(), value);
            written.Add((arena.Write(100 + i, 1, details), details));
        }

        return written;
    }

    private static void ReadAll(List<(KeyVersion Version, VersionDetails Details)> written)
    {
        foreach (var (version, details) in written)
        {
            var read = version.Details;
            Assert.Equal((details.Create, details.Number, details.Lease), (read.Create, read.Number, read.Lease));
            Assert.True(details.Value.Span.SequenceEqual(read.Value.Span));
        }
    }
}
