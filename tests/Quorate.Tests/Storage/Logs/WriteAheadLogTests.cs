using System.Text;
using Quorate.Kernel.Machines;
using Quorate.Storage.Logs;
using Quorate.Tests.Storage.Disks;

namespace Quorate.Tests.Storage.Logs;

public sealed class WriteAheadLogTests(ITestOutputHelper output)
{
    private static readonly WriteAheadLogOptions Small = new() { SegmentBytes = 32 << 10 };

    [Fact]
    public async Task Records_come_back_in_order_at_the_positions_that_append_returned()
    {
        var disk = new FaultyDisk();
        var log = await WriteAheadLog.OpenAsync(disk, Small, (_, _) => { });
        var expected = new List<(LogPosition, string)>();
        for (var i = 0; i < 200; i++)
        {
            var record = new string('x', i * 13 % 3000) + i;
            expected.Add((log.Append(Encoding.UTF8.GetBytes(record)), record));
            if (i % 7 == 0)
                await log.CommitAsync();
        }

        await log.CommitAsync();
        Assert.Equal(expected.Select(r => r.Item1).Order(), expected.Select(r => r.Item1));
        Assert.True(log.End.Segment > 5);
        Assert.Equal(0, log.BufferedBytes);
        var end = log.End;
        await log.DisposeAsync();

        var (again, found) = await ReopenAsync(disk, Small);
        Assert.Equal(expected, found);
        Assert.True(again.End > end, "the mark of the clean close lies behind the records");
    }

    [Fact]
    public async Task What_no_commit_asked_for_is_dropped_at_dispose()
    {
        var disk = new FaultyDisk();
        var log = await WriteAheadLog.OpenAsync(disk, Small, (_, _) => { });
        log.Append("kept"u8);
        await log.CommitAsync();
        log.Append("dropped"u8);
        await log.DisposeAsync();
        Assert.Equal(["kept"], (await ReopenAsync(disk, Small)).Found.Select(r => r.Record));
    }

    [Fact]
    public async Task An_empty_record_is_a_record()
    {
        var disk = new FaultyDisk();
        var log = await WriteAheadLog.OpenAsync(disk, Small, (_, _) => { });
        log.Append([]);
        await log.CommitAsync();
        Assert.Equal([""], (await ReopenAsync(disk, Small)).Found.Select(r => r.Record));
    }

    [Fact]
    public void Commits_that_wait_share_one_sync_while_the_write_before_them_is_on_its_way() => Pump.Run(async () =>
    {
        var disk = new FaultyDisk { Yields = true };
        var log = await WriteAheadLog.OpenAsync(disk, new() { SegmentBytes = 1 << 20 }, (_, _) => { });
        var before = disk.Syncs;
        var commits = new List<Task>();
        for (var i = 0; i < 1000; i++)
        {
            log.Append("a record"u8);
            commits.Add(log.CommitAsync().AsTask());
        }

        await Task.WhenAll(commits);
        Assert.Equal(2, disk.Syncs - before);
    });

    [Fact]
    public async Task A_commit_with_nothing_to_do_touches_no_disk()
    {
        var disk = new FaultyDisk();
        var log = await WriteAheadLog.OpenAsync(disk, Small, (_, _) => { });
        var before = disk.Operations;
        await log.CommitAsync();
        Assert.Equal(before, disk.Operations);
    }

    [Fact]
    public async Task A_record_over_its_bound_is_refused_and_the_largest_is_taken()
    {
        var disk = new FaultyDisk();
        var log = await WriteAheadLog.OpenAsync(disk, Small, (_, _) => { });
        Assert.Throws<ArgumentException>(() => log.Append(new byte[log.RecordBytesMax + 1]));
        for (var i = 0; i < 3; i++)
            log.Append(new byte[log.RecordBytesMax]);
        await log.CommitAsync();
        Assert.Equal(3, (await ReopenAsync(disk, Small)).Found.Count);
    }

    [Fact]
    public async Task Bytes_that_wait_are_bounded_and_a_commit_makes_room()
    {
        var log = await WriteAheadLog.OpenAsync(new FaultyDisk(), Small with { BufferedBytesMax = 40_000 }, (_, _) => { });
        for (var i = 0; i < 40; i++)
            log.Append(new byte[1000]);
        Assert.Throws<InvalidOperationException>(() => log.Append("x"u8));
        await log.CommitAsync();
        log.Append("x"u8);
    }

    [Fact]
    public async Task Trimming_deletes_whole_segments_before_the_position_and_keeps_it()
    {
        var disk = new FaultyDisk();
        var log = await WriteAheadLog.OpenAsync(disk, Small, (_, _) => { });
        var positions = new List<LogPosition>();
        for (var i = 0; i < 50; i++)
        {
            positions.Add(log.Append(new byte[5000]));
            await log.CommitAsync();
        }

        var before = log.Bytes;
        await log.TrimBeforeAsync(positions[30]);
        Assert.True(log.Bytes < before / 2);
        var found = (await ReopenAsync(disk, Small)).Found;
        Assert.Contains(positions[30], found.Select(r => r.Position));
        Assert.Equal(positions[30].Segment, found[0].Position.Segment);
        await log.TrimBeforeAsync(new LogPosition(long.MaxValue, 0));
        Assert.NotEmpty((await ReopenAsync(disk, Small)).Found);
    }

    [Fact]
    public async Task Segments_start_small_and_double()
    {
        var disk = new FaultyDisk();
        await WriteAheadLog.OpenAsync(disk, new(), (_, _) => { });
        Assert.Equal(4 << 20, disk.Used);
        Assert.Equal([4L << 20, 8L << 20, 64L << 20, 64L << 20], new long[] { 1, 2, 5, 1000 }.Select(new WriteAheadLogOptions().BytesOf));
    }

    [Fact]
    public async Task Options_may_grow_from_one_open_to_the_next()
    {
        var disk = new FaultyDisk();
        var log = await WriteAheadLog.OpenAsync(disk, Small, (_, _) => { });
        for (var i = 0; i < 4; i++)
            log.Append(new byte[6000]);
        await log.CommitAsync(); // Past the middle: the next segment was made ahead, small.
        var large = new WriteAheadLogOptions { SegmentBytes = 8 << 20 };
        (log, _) = await ReopenAsync(disk, large);
        log.Append(new byte[3 << 20]);
        await log.CommitAsync();
        Assert.Equal(5, (await ReopenAsync(disk, large)).Found.Count);
    }

    [Fact]
    public async Task A_failed_sync_poisons_the_log()
    {
        var disk = new FaultyDisk();
        var log = await WriteAheadLog.OpenAsync(disk, Small, (_, _) => { });
        log.Append("lost, perhaps"u8);
        disk.Fault = (operation, _) => operation == "sync" ? new IOException("the device failed") : null;
        await Assert.ThrowsAsync<PoisonedLogException>(async () => await log.CommitAsync());
        disk.Fault = (_, _) => null; // A second sync would succeed, and prove nothing.
        Assert.Throws<PoisonedLogException>(() => log.Append("x"u8));
        await Assert.ThrowsAsync<PoisonedLogException>(async () => await log.CommitAsync());
        await Assert.ThrowsAsync<PoisonedLogException>(async () => await log.TrimBeforeAsync(log.End));
        await log.DisposeAsync();
    }

    [Theory]
    [InlineData("write")]
    [InlineData("sync")]
    [InlineData("set-length")]
    public async Task A_full_disk_loses_nothing_and_the_log_goes_on_when_there_is_room(string operation)
    {
        var disk = new FaultyDisk();
        var log = await WriteAheadLog.OpenAsync(disk, Small, (_, _) => { });
        var written = 0;
        disk.Fault = (now, _) => now == operation ? new DiskFullException("full") : null;
        DiskFullException? full = null;
        for (; full is null && written < 20; written++)
        {
            log.Append(Encoding.UTF8.GetBytes($"{written}".PadLeft(5000)));
            full = await Record.ExceptionAsync(async () => await log.CommitAsync()) as DiskFullException;
        }

        Assert.NotNull(full);
        log.Append("while it was full"u8);
        await Assert.ThrowsAsync<DiskFullException>(async () => await log.CommitAsync());
        disk.Fault = (_, _) => null;
        await log.CommitAsync();
        var found = (await ReopenAsync(disk, Small)).Found.Select(r => r.Record.Trim());
        Assert.Equal([.. Enumerable.Range(0, written).Select(i => $"{i}"), "while it was full"], found);
    }

    [Fact]
    public async Task A_disk_that_is_full_of_segments_goes_on_after_a_trim()
    {
        var disk = new FaultyDisk { Capacity = 3 * (32 << 10) };
        var log = await WriteAheadLog.OpenAsync(disk, Small, (_, _) => { });
        Exception? full = null;
        while (full is null)
        {
            log.Append(new byte[5000]);
            full = await Record.ExceptionAsync(async () => await log.CommitAsync());
        }

        Assert.IsType<DiskFullException>(full);
        await log.TrimBeforeAsync(log.End);
        await log.CommitAsync();
    }

    [Fact]
    public async Task An_append_allocates_nothing_and_is_cheap()
    {
        var log = await WriteAheadLog.OpenAsync(new FaultyDisk(), new(), (_, _) => { });
        var record = new byte[300];
        for (var i = 0; i < 4; i++) // Grows and pools the buffers.
            await RoundAsync(log, record);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        clock.Restart();
        for (var i = 0; i < 2000; i++)
            log.Append(record);
        var elapsed = clock.Elapsed;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        output.WriteLine($"append of 300 bytes: {elapsed.TotalNanoseconds / 2000:f0} ns");
        clock.Restart();
        await log.CommitAsync();
        output.WriteLine($"commit of 2000 of them on the test's disk: {clock.Elapsed.TotalNanoseconds / 2000:f0} ns each");
    }

    private static async Task RoundAsync(WriteAheadLog log, byte[] record)
    {
        for (var i = 0; i < 2000; i++)
            log.Append(record);
        await log.CommitAsync();
    }

    private static async Task<(WriteAheadLog Log, List<(LogPosition Position, string Record)> Found)> ReopenAsync(
        FaultyDisk disk, WriteAheadLogOptions options)
    {
        var found = new List<(LogPosition, string)>();
        var log = await WriteAheadLog.OpenAsync(disk, options, (at, record) => found.Add((at, Encoding.UTF8.GetString(record.Span))));
        return (log, found);
    }
}
