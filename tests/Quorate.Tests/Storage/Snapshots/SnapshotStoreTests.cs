using Quorate.Kernel.Machines;
using Quorate.Storage.Snapshots;
using Quorate.Tests.Storage.Disks;

namespace Quorate.Tests.Storage.Snapshots;

public sealed class SnapshotStoreTests
{
    private const string Directory = "snap/g1";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(200_000)]
    public async Task A_snapshot_reads_as_it_was_written(int bytes)
    {
        var disk = new FaultyDisk();
        var content = Content(1, bytes);
        await WriteAsync(await SnapshotStore.OpenAsync(disk, Directory), 7, content, 999);
        var store = await SnapshotStore.OpenAsync(disk, Directory);
        Assert.Equal((7, bytes, "meta7"), (store.Latest!.Sequence, store.Latest.Bytes, Text(store.Latest.Metadata)));
        Assert.Equal(content, await ReadAsync(store, 1777));
        Assert.Equal(content, await ReadAsync(store, 1 << 20));
        await using var reader = await store.OpenReaderAsync(store.Latest);
        Assert.Equal(reader.RawLength, disk[$"{Directory}/00000000000000000007.snap"].Length);
        Assert.Equal(0, await reader.ReadAsync(bytes, new byte[10]));
    }

    [Fact]
    public async Task An_abandoned_snapshot_leaves_nothing()
    {
        var disk = new FaultyDisk();
        var store = await SnapshotStore.OpenAsync(disk, Directory);
        await using (var writer = await store.CreateAsync(1, default))
            await writer.WriteAsync(new byte[100_000]);
        Assert.Null(store.Latest);
        Assert.Empty(disk.Names);
    }

    [Fact]
    public async Task Older_snapshots_are_deleted_and_the_latest_never()
    {
        var disk = new FaultyDisk();
        var store = await SnapshotStore.OpenAsync(disk, Directory);
        for (var sequence = 1; sequence <= 4; sequence++)
            await WriteAsync(store, sequence, Content(sequence, 10), 10);
        await store.DeleteBeforeAsync(3);
        Assert.Equal(2, disk.Names.Count());
        await store.DeleteBeforeAsync(100);
        Assert.Equal([$"{Directory}/00000000000000000004.snap"], disk.Names);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.CreateAsync(4, default));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_crash_at_every_operation_leaves_the_old_or_the_new_snapshot()
    {
        for (var crashAt = 1; crashAt < 45; crashAt++)
        {
            for (var seed = 0; seed < 20; seed++)
                CrashAt(crashAt, seed);
        }
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_is_told()
    {
        var disk = new FaultyDisk();
        await WriteAsync(await SnapshotStore.OpenAsync(disk, Directory), 7, Content(7, 70_000), 5000);
        var path = disk.Names.Single();
        for (var at = 0; at < disk[path].Length; at += at is < 100 or > 65_500 and < 65_700 or > 69_900 ? 1 : 97)
        {
            disk.Damage(path, bytes => Flip(bytes, at));
            await Assert.ThrowsAsync<CorruptFileException>(
                async () => await ReadAsync(await SnapshotStore.OpenAsync(disk, Directory), 50_000));
            disk.Damage(path, bytes => Flip(bytes, at));
        }

        Assert.Equal(Content(7, 70_000), await ReadAsync(await SnapshotStore.OpenAsync(disk, Directory), 50_000));
    }

    [Fact]
    public async Task A_file_cut_short_at_any_length_is_told()
    {
        var disk = new FaultyDisk();
        await WriteAsync(await SnapshotStore.OpenAsync(disk, Directory), 7, Content(7, 500), 500);
        var path = disk.Names.Single();
        var whole = disk[path].ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            disk.Damage(path, _ => whole[..length]);
            await Assert.ThrowsAsync<CorruptFileException>(async () => await SnapshotStore.OpenAsync(disk, Directory));
        }
    }

    [Fact]
    public async Task Raw_chunks_make_the_same_snapshot_elsewhere()
    {
        var (from, to) = (new FaultyDisk(), new FaultyDisk());
        await WriteAsync(await SnapshotStore.OpenAsync(from, Directory), 7, Content(7, 200_000), 9999);
        var target = await SnapshotStore.OpenAsync(to, "snap/g2");
        await using (var writer = await target.CreateRawAsync(7))
        {
            await CopyAsync(from, writer);
            Assert.Equal("meta7", Text((await writer.CommitAsync()).Metadata));
        }

        Assert.Equal(Content(7, 200_000), await ReadAsync(target, 1 << 20));
        Assert.Equal(from[from.Names.Single()], to[to.Names.Single()]);
    }

    [Fact]
    public async Task A_raw_snapshot_is_believed_only_when_every_byte_is_right()
    {
        var from = new FaultyDisk();
        await WriteAsync(await SnapshotStore.OpenAsync(from, Directory), 7, Content(7, 100), 100);
        var raw = from[from.Names.Single()].ToArray();
        var disk = new FaultyDisk();
        var store = await SnapshotStore.OpenAsync(disk, Directory);
        for (var at = 0; at < raw.Length; at++)
        {
            await using var writer = await store.CreateRawAsync(7);
            await writer.WriteAsync(0, Flip((byte[])raw.Clone(), at));
            await Assert.ThrowsAsync<CorruptFileException>(async () => await writer.CommitAsync());
        }

        Assert.Null(store.Latest);
        Assert.Empty(disk.Names);
        await using var other = await store.CreateRawAsync(8, rawBytesMax: raw.Length);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await other.WriteAsync(1, raw));
        await other.WriteAsync(0, raw);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await other.WriteAsync(raw.Length, new byte[1]));
        await Assert.ThrowsAsync<CorruptFileException>(async () => await other.CommitAsync());
    }

    [Fact]
    public async Task The_bytes_of_a_snapshot_are_frozen()
    {
        var disk = new FaultyDisk();
        await WriteAsync(await SnapshotStore.OpenAsync(disk, Directory), 7, "hello"u8.ToArray(), 10);
        Assert.Equal(
            "51534E50" + "0100" + "0000" + "0700000000000000" + "00000100" + "05000000" + "2C42C4A2" + "6D65746137"
            + "05000000" + "EB7A1F2F" + "68656C6C6F"
            + "51534E46" + "0100" + "0000" + "0700000000000000" + "0500000000000000" + "0FF9C2B1" + "AFDEDA1D",
            Convert.ToHexString(disk[disk.Names.Single()]));
    }

    private static void CrashAt(int crashAt, int seed)
    {
        var disk = new FaultyDisk { CrashAt = crashAt };
        var done = 0;
        Pump.Run(async () =>
        {
            try
            {
                var store = await SnapshotStore.OpenAsync(disk, Directory);
                for (var sequence = 1; sequence <= 3; sequence++)
                {
                    await WriteAsync(store, sequence, Content(sequence, 100_000), 30_000);
                    done = sequence;
                    await store.DeleteBeforeAsync(sequence);
                }
            }
            catch (CrashedException)
            {
                // The machine is gone.
            }

            var after = await SnapshotStore.OpenAsync(disk.AfterCrash(new Random(seed)), Directory);
            var found = after.Latest?.Sequence ?? 0;
            Assert.InRange(found, done, done + 1);
            if (found > 0)
                Assert.Equal(Content((int)found, 100_000), await ReadAsync(after, 30_000));
        });
    }

    private static async Task CopyAsync(FaultyDisk from, RawSnapshotWriter writer)
    {
        var source = await SnapshotStore.OpenAsync(from, Directory);
        await using var reader = await source.OpenReaderAsync(source.Latest!);
        var chunk = new byte[10_007];
        while (writer.Length < reader.RawLength)
        {
            var count = await reader.ReadRawAsync(writer.Length, chunk);
            await writer.WriteAsync(writer.Length, chunk.AsMemory(0, count));
        }
    }

    private static async Task WriteAsync(SnapshotStore store, long sequence, byte[] content, int step)
    {
        await using var writer = await store.CreateAsync(sequence, System.Text.Encoding.UTF8.GetBytes($"meta{sequence}"));
        for (var at = 0; at < content.Length; at += step)
            await writer.WriteAsync(content.AsMemory(at, Math.Min(step, content.Length - at)));
        await writer.CommitAsync();
    }

    private static async Task<byte[]> ReadAsync(SnapshotStore store, int step)
    {
        await using var reader = await store.OpenReaderAsync(store.Latest!);
        var content = new byte[reader.Length];
        for (var at = 0; at < content.Length;)
            at += await reader.ReadAsync(at, content.AsMemory(at, Math.Min(step, content.Length - at)));
        return content;
    }

    private static byte[] Content(int seed, int bytes)
    {
        var content = new byte[bytes];
        new Random(seed).NextBytes(content);
        return content;
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= (byte)(1 << (at % 8));
        return bytes;
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);
}
