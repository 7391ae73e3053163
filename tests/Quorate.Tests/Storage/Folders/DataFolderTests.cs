using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Storage.Folders;
using Quorate.Tests.Storage.Disks;

namespace Quorate.Tests.Storage.Folders;

public sealed class DataFolderTests
{
    private static readonly DataFolderIdentity Mine = new(0xabc, "n1");

    [Fact]
    public async Task The_first_claim_makes_the_folder_the_nodes_own()
    {
        var disk = new FaultyDisk();
        Assert.Null(await DataFolder.ReadAsync(disk));
        await DataFolder.ClaimAsync(disk, Mine);
        Assert.Equal(Mine, await DataFolder.ClaimAsync(disk, Mine));
    }

    [Theory]
    [InlineData(0xabcUL, "n2")]
    [InlineData(0xabdUL, "n1")]
    public async Task Somebody_elses_folder_is_refused_and_both_are_named(ulong cluster, string node)
    {
        var disk = new FaultyDisk();
        await DataFolder.ClaimAsync(disk, Mine);
        var error = await Assert.ThrowsAsync<WrongFolderException>(async () => await DataFolder.ClaimAsync(disk, new(cluster, node)));
        Assert.Equal(Mine, error.Found);
        Assert.Contains("'n1' of cluster 0000000000000abc", error.Message);
        Assert.Contains($"'{node}' of cluster {cluster:x16}", error.Message);
    }

    [Fact]
    public async Task A_name_that_is_empty_or_too_long_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await DataFolder.ClaimAsync(new FaultyDisk(), new(1, "")));
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await DataFolder.ClaimAsync(new FaultyDisk(), new(1, new string('n', 256))));
        await DataFolder.ClaimAsync(new FaultyDisk(), new(1, new string('n', 255)));
    }

    [Fact]
    public async Task A_crash_at_every_operation_leaves_the_folder_claimed_or_not()
    {
        for (var crashAt = 1; crashAt < 12; crashAt++)
        {
            for (var seed = 0; seed < 20; seed++)
            {
                var disk = new FaultyDisk { CrashAt = crashAt };
                var claimed = await Record.ExceptionAsync(async () => await DataFolder.ClaimAsync(disk, Mine)) is null;
                var found = await DataFolder.ReadAsync(disk.AfterCrash(new Random(seed)));
                Assert.True(found == Mine || (found is null && !claimed));
            }
        }
    }

    [Theory]
    [InlineData(DataFolder.FileName)]
    [InlineData(DataFolder.CopyName)]
    public async Task A_flipped_bit_or_a_cut_in_one_copy_is_repaired_from_the_other(string damaged)
    {
        await EachDamageAsync([damaged], async disk =>
        {
            Assert.Equal(Mine, await DataFolder.ReadAsync(disk));
            Assert.Equal(Mine, await DataFolder.ClaimAsync(disk, Mine));
            Assert.Equal(disk[DataFolder.FileName].ToArray(), disk[DataFolder.CopyName].ToArray());
        });
    }

    [Fact]
    public async Task A_flipped_bit_or_a_cut_in_both_copies_is_told() =>
        await EachDamageAsync([DataFolder.FileName, DataFolder.CopyName], async disk =>
            await Assert.ThrowsAsync<CorruptFileException>(async () => await DataFolder.ClaimAsync(disk, Mine)));

    [Fact]
    public async Task Copies_that_say_different_things_are_told()
    {
        var (disk, other) = (new FaultyDisk(), new FaultyDisk());
        await DataFolder.ClaimAsync(disk, Mine);
        await DataFolder.ClaimAsync(other, Mine with { ClusterId = 1 });
        disk.Damage(DataFolder.CopyName, _ => other[DataFolder.FileName].ToArray());
        await Assert.ThrowsAsync<CorruptFileException>(async () => await DataFolder.ClaimAsync(disk, Mine));
    }

    private static async Task EachDamageAsync(string[] files, Func<FaultyDisk, Task> check)
    {
        var disk = new FaultyDisk();
        await DataFolder.ClaimAsync(disk, Mine);
        var whole = disk[DataFolder.FileName].ToArray();
        IEnumerable<byte[]> damages =
            [.. Enumerable.Range(0, whole.Length * 8).Select(bit => Flipped(whole, bit)), .. Enumerable.Range(0, whole.Length).Select(n => whole[..n])];
        foreach (var damage in damages)
        {
            foreach (var file in files)
                disk.Damage(file, _ => damage);
            await check(disk);
        }
    }

    private static byte[] Flipped(byte[] whole, int bit)
    {
        var flipped = (byte[])whole.Clone();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    [Fact]
    public async Task The_bytes_of_the_identity_are_frozen()
    {
        var disk = new FaultyDisk();
        await DataFolder.ClaimAsync(disk, Mine);
        Assert.Equal("51554944" + "01000000" + "BC0A000000000000" + "026E31" + "1255BF55", Convert.ToHexString(disk[DataFolder.FileName]));
    }

    [Fact]
    public async Task An_identity_that_does_not_follow_from_the_name_is_kept_with_it()
    {
        var disk = new FaultyDisk();
        var added = Mine with { Node = new NodeId(0x1122334455667788) };
        await DataFolder.ClaimAsync(disk, added);
        Assert.Equal(added, await DataFolder.ReadAsync(disk));
        await Assert.ThrowsAsync<WrongFolderException>(async () => await DataFolder.ClaimAsync(disk, Mine));
        Assert.StartsWith(
            "51554944" + "02000000" + "BC0A000000000000" + "026E31" + "8877665544332211", Convert.ToHexString(disk[DataFolder.FileName]));
    }
}
