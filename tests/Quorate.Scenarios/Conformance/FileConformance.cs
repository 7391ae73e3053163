using Quorate.Kernel.Machines;

namespace Quorate.Scenarios.Conformance;

/// <summary>What <see cref="IFile"/> promises.</summary>
public abstract class FileConformance : ConformanceBody
{
    [Fact]
    public Task What_was_written_is_read_back_by_this_and_by_the_next_opener() => In(async world =>
    {
        var disk = world.Machine("a").Disk;
        var bytes = Pattern(100_000, 1);
        var file = await disk.OpenAsync("f", OpenMode.CreateNew);
        await file.WriteAsync(0, bytes.AsMemory(0, 60_000));
        await file.WriteAndSyncAsync(60_000, bytes.AsMemory(60_000));
        Assert.Equal(bytes, await ReadAllAsync(file));
        await file.SyncAsync();
        await file.DisposeAsync();
        await using var again = await disk.OpenAsync("f", OpenMode.Existing);
        Assert.Equal(bytes, await ReadAllAsync(again));
    });

    [Fact]
    public Task A_read_gives_fewer_bytes_only_at_the_end() => InFile(async file =>
    {
        await file.WriteAsync(0, new byte[] { 1, 2, 3, 4, 5 });
        var buffer = new byte[4];
        Assert.Equal(4, await file.ReadAsync(0, buffer));
        Assert.Equal(2, await file.ReadAsync(3, buffer));
        Assert.Equal([4, 5], buffer[..2]);
        Assert.Equal(0, await file.ReadAsync(5, buffer));
        Assert.Equal(0, await file.ReadAsync(1_000_000, buffer));
        Assert.Equal(0, await file.ReadAsync(0, Memory<byte>.Empty));
    });

    [Fact]
    public Task A_read_at_once_gives_what_a_read_gives() => InFile(async file =>
    {
        var bytes = Pattern(10_000, 5);
        await file.WriteAsync(0, bytes);
        var buffer = new byte[6_000];
        Assert.Equal(6_000, file.Read(1_000, buffer));
        Assert.Equal(bytes[1_000..7_000], buffer);
        Assert.Equal(2_000, file.Read(8_000, buffer));
        Assert.Equal(bytes[8_000..], buffer[..2_000]);
        Assert.Equal(0, file.Read(10_000, buffer));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(-1, buffer));
        await file.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => file.Read(0, buffer));
    });

    [Fact]
    public Task A_write_beyond_the_end_leaves_zeros_before_it() => InFile(async file =>
    {
        await file.WriteAsync(0, new byte[] { 9 });
        await file.WriteAsync(10_000, new byte[] { 7 });
        Assert.Equal(10_001, file.Length);
        var all = await ReadAllAsync(file);
        Assert.Equal(9, all[0]);
        Assert.Equal(7, all[^1]);
        Assert.False(all.AsSpan(1, 9_999).ContainsAnyExcept((byte)0));
    });

    [Fact]
    public Task Writes_overwrite_in_place() => InFile(async file =>
    {
        await file.WriteAsync(0, new byte[] { 1, 1, 1, 1 });
        await file.WriteAsync(1, new byte[] { 2, 2 });
        Assert.Equal([1, 2, 2, 1], await ReadAllAsync(file));
    });

    [Fact]
    public Task Setting_the_length_cuts_and_grows_with_zeros() => InFile(async file =>
    {
        await file.WriteAsync(0, Enumerable.Repeat((byte)0xff, 5_000).ToArray());
        await file.SetLengthAsync(1_000);
        Assert.Equal(1_000, file.Length);
        await file.SetLengthAsync(3_000_001);
        Assert.Equal(3_000_001, file.Length);
        var all = await ReadAllAsync(file);
        Assert.Equal(0xff, all[999]);
        Assert.False(all.AsSpan(1_000).ContainsAnyExcept((byte)0));
        await file.SetLengthAsync(0);
        Assert.Equal(0, file.Length);
    });

    [Fact]
    public Task Calls_on_ranges_that_do_not_overlap_may_overlap_in_time() => InFile(async file =>
    {
        var bytes = Pattern(64 * 1024, 2);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => file.WriteAsync(i * 1024, bytes.AsMemory(i * 1024, 1024)).AsTask()));
        var sync = file.SyncAsync();
        var buffers = Enumerable.Range(0, 64).Select(_ => new byte[1024]).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => file.ReadAsync(i * 1024, buffers[i]).AsTask()));
        await sync;
        Assert.True(bytes.AsSpan().SequenceEqual(buffers.SelectMany(b => b).ToArray()));
    });

    [Fact]
    public Task A_cancelled_call_changes_nothing() => InFile(async file =>
    {
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await file.WriteAsync(0, new byte[] { 1 }, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await file.SetLengthAsync(10, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await file.SyncAsync(cancelled));
        Assert.Equal(0, file.Length);
    });

    [Fact]
    public Task An_open_file_follows_its_rename() => In(async world =>
    {
        var disk = world.Machine("a").Disk;
        await using var file = await disk.OpenAsync("temporary", OpenMode.CreateNew);
        await file.WriteAndSyncAsync(0, new byte[] { 1 });
        await disk.RenameAsync("temporary", "final");
        await file.WriteAsync(1, new byte[] { 2 });
        await using var other = await disk.OpenAsync("final", OpenMode.Existing);
        Assert.Equal([1, 2], await ReadAllAsync(other));
    });

    private Task InFile(Func<IFile, Task> body) => In(async world =>
    {
        await using var file = await world.Machine("a").Disk.OpenAsync("f", OpenMode.CreateNew);
        await body(file);
    });

    private static async Task<byte[]> ReadAllAsync(IFile file)
    {
        var bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, await file.ReadAsync(0, bytes));
        return bytes;
    }
}
