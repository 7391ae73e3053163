using Quorate.Storage.Folders;
using Quorate.Tests.Storage.Disks;

namespace Quorate.Tests.Storage.Folders;

public sealed class RepairMarkTests
{
    [Fact]
    public async Task A_mark_is_there_until_it_is_removed_and_says_why()
    {
        var disk = new FaultyDisk();
        Assert.Null(await RepairMark.ReadAsync(disk));
        await RepairMark.WriteAsync(disk, "first");
        await RepairMark.WriteAsync(disk, "wal/1 is corrupt");
        Assert.Equal("wal/1 is corrupt", await RepairMark.ReadAsync(disk));
        await RepairMark.RemoveAsync(disk);
        Assert.Null(await RepairMark.ReadAsync(disk));
        await RepairMark.WriteAsync(disk, new string('x', 5000));
        Assert.Equal(1000, (await RepairMark.ReadAsync(disk))!.Length);
    }

    [Fact]
    public async Task A_damaged_mark_is_a_mark()
    {
        var disk = new FaultyDisk();
        await RepairMark.WriteAsync(disk, "why");
        var whole = disk[RepairMark.FileName].ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            disk.Damage(RepairMark.FileName, _ => whole[..length]);
            Assert.Equal("its mark of repair cannot be read", await RepairMark.ReadAsync(disk));
        }

        for (var at = 0; at < whole.Length; at++)
        {
            disk.Damage(RepairMark.FileName, _ => [.. whole[..at], (byte)(whole[at] ^ 4), .. whole[(at + 1)..]]);
            Assert.Equal("its mark of repair cannot be read", await RepairMark.ReadAsync(disk));
        }
    }

    [Fact]
    public async Task A_crash_at_every_operation_leaves_a_mark_that_was_written_and_takes_one_that_was_removed()
    {
        for (var crashAt = 1; crashAt < 12; crashAt++)
        {
            for (var seed = 0; seed < 10; seed++)
            {
                var disk = new FaultyDisk { CrashAt = crashAt };
                var written = await Record.ExceptionAsync(async () => await RepairMark.WriteAsync(disk, "why")) is null;
                var left = disk.AfterCrash(new Random(seed));
                Assert.True(await RepairMark.ReadAsync(left) is "why" || !written);
                await RepairMark.WriteAsync(left, "why");
                await RepairMark.RemoveAsync(left);
                Assert.Null(await RepairMark.ReadAsync(left.AfterCrash(new Random(seed))));
            }
        }
    }

    [Fact]
    public async Task The_bytes_of_the_mark_are_frozen()
    {
        var disk = new FaultyDisk();
        await RepairMark.WriteAsync(disk, "why");
        Assert.Equal("51524550" + "01000000" + "03776879", Convert.ToHexString(disk[RepairMark.FileName])[..^8]);
    }
}
