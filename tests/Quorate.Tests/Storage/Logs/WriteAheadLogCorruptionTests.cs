using System.Text;
using Quorate.Kernel.Machines;
using Quorate.Storage.Logs;
using Quorate.Tests.Storage.Disks;

namespace Quorate.Tests.Storage.Logs;

public sealed class WriteAheadLogCorruptionTests
{
    private const string First = "wal/00000000000000000001.wal";
    private const string Second = "wal/00000000000000000002.wal";
    private static readonly WriteAheadLogOptions Options = new() { SegmentBytes = 32 << 10 };
    private static readonly string[] All = ["one", "two", "three", "four", "five"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flipped_bit_anywhere_is_told_or_harms_nothing_or_takes_the_last_batch_of_a_log_that_was_not_closed(bool closed)
    {
        var whole = (await WriteAsync(closed))[First].ToArray();
        for (var at = 0; at < 7 * LogFormat.BlockBytes; at++)
        {
            // Past the ends of header and batches, where zeros are, one byte in sixteen will do.
            if (at % LogFormat.BlockBytes > 80 && at % 16 != 0)
                continue;
            var disk = await WriteAsync(closed);
            disk.Damage(First, bytes => Flip(bytes, at));
            var (found, error) = await TryOpenAsync(disk);
            if (error is not null)
            {
                Assert.Equal(First, error.FilePath);
                continue;
            }

            var last = at / LogFormat.BlockBytes == 5 && !closed;
            Assert.True(found.SequenceEqual(All) || (last && found.SequenceEqual(All[..4])), $"bit at {at}: {string.Join(',', found)}");
        }

        Assert.Equal(32 << 10, whole.Length);
    }

    [Fact]
    public async Task A_flipped_bit_in_a_batch_that_has_a_sound_one_behind_it_is_always_told()
    {
        for (var batch = 1; batch <= 4; batch++)
        {
            for (var at = 0; at < BatchHeader.Length + LogBatch.RecordHeaderBytes + 3; at++)
            {
                var disk = await WriteAsync(closed: false);
                disk.Damage(First, bytes => Flip(bytes, (batch * LogFormat.BlockBytes) + at));
                var error = (await TryOpenAsync(disk)).Error;
                Assert.NotNull(error);
                Assert.Equal(batch * LogFormat.BlockBytes, error.Offset);
            }
        }
    }

    [Fact]
    public async Task A_file_cut_short_at_any_length_is_told()
    {
        for (var length = 0; length < 32 << 10; length += length < 6 * LogFormat.BlockBytes ? 37 : 512)
        {
            var disk = await WriteAsync(closed: false);
            disk.Damage(First, bytes => bytes[..length]);
            Assert.NotNull((await TryOpenAsync(disk)).Error);
        }
    }

    [Fact]
    public async Task Random_bytes_never_crash_an_open()
    {
        var random = new Random(42);
        for (var run = 0; run < 300; run++)
        {
            var disk = await WriteAsync(closed: false);
            var (from, count) = (random.Next(32 << 10), random.Next(1, 9000));
            disk.Damage(First, bytes =>
            {
                random.NextBytes(bytes.AsSpan(from, Math.Min(count, bytes.Length - from)));
                return bytes;
            });
            var (found, error) = await TryOpenAsync(disk);
            Assert.True(error is not null || found.SequenceEqual(All.Take(found.Count)));
            if (from < 5 * LogFormat.BlockBytes - 100 && from + count < 5 * LogFormat.BlockBytes && from > LogFormat.BlockBytes)
                Assert.True(error is not null || found.Count == 5, "a damaged middle is told");
        }
    }

    [Fact]
    public async Task A_batch_that_was_zeroed_in_the_middle_is_told()
    {
        var disk = await WriteAsync(closed: false);
        disk.Damage(First, bytes => Zero(bytes, 2 * LogFormat.BlockBytes));
        Assert.Equal(2 * LogFormat.BlockBytes, (await TryOpenAsync(disk)).Error?.Offset);
    }

    [Fact]
    public async Task A_torn_tail_is_cut_off_and_what_comes_after_it_is_never_mixed_with_it()
    {
        var disk = await WriteAsync(closed: false);
        disk.Damage(First, bytes => Flip(bytes, (5 * LogFormat.BlockBytes) + 50));
        var log = await WriteAheadLog.OpenAsync(disk, Options, (_, _) => { });
        Assert.All(disk[First].Skip(5 * LogFormat.BlockBytes), b => Assert.Equal(0, b));
        log.Append("anew"u8);
        await log.CommitAsync();
        Assert.Equal(["one", "two", "three", "four", "anew"], (await TryOpenAsync(disk)).Found);
    }

    [Fact]
    public async Task A_damaged_batch_with_part_of_another_behind_it_is_told()
    {
        var disk = await WriteAsync(closed: false);
        disk.Damage(First, bytes => Flip(Flip(bytes, (4 * LogFormat.BlockBytes) + 50), (5 * LogFormat.BlockBytes) + 50));
        Assert.Equal(4 * LogFormat.BlockBytes, (await TryOpenAsync(disk)).Error?.Offset);
    }

    [Fact]
    public async Task A_damaged_end_of_an_earlier_segment_is_told()
    {
        var disk = await WriteTwoSegmentsAsync();
        var last = Array.FindLastIndex(disk[First], b => b != 0);
        disk.Damage(First, bytes => Flip(bytes, last));
        Assert.Equal(First, (await TryOpenAsync(disk)).Error?.FilePath);
    }

    [Theory]
    [InlineData(First, "first")]
    [InlineData(Second, "middle")]
    public async Task A_missing_segment_is_told(string path, string _)
    {
        var disk = await WriteTwoSegmentsAsync(segments: 4);
        if (path == First)
        {
            // The first batch of what is now the first segment is damaged: nothing was trimmed with less than a whole batch behind it.
            disk.Damage(Second, bytes => Flip(bytes, LogFormat.BlockBytes + 50));
        }

        await disk.DeleteAsync(path);
        Assert.NotNull((await TryOpenAsync(disk)).Error);
    }

    [Fact]
    public async Task A_format_of_the_future_is_named()
    {
        var disk = await WriteAsync(closed: true);
        disk.Damage(First, bytes =>
        {
            bytes[4] = 2;
            return bytes;
        });
        Assert.Contains("format version 2 is not known", (await TryOpenAsync(disk)).Error?.Message);
    }

    [Fact]
    public async Task The_bytes_of_a_log_are_frozen()
    {
        var file = (await WriteAsync(closed: true))[First];
        Assert.Equal(
            "5157414C" + "0100" + "0000" + "0100000000000000" + "0080000000000000" + "FD28DF87",
            Convert.ToHexString(file.AsSpan(0, 28)));
        Assert.Equal(
            "51574254" + "0100" + "0000" + "0100000000000000" + "0200000000000000" + "07000000" + "01000000" + "EC0F8731" + "833979AE"
            + "00000000" + "73D34270" + "03000000" + "74776F",
            Convert.ToHexString(file.AsSpan(2 * LogFormat.BlockBytes, 55)));
        Assert.Equal(
            "51574254" + "0100" + "0000" + "0100000000000000" + "0600000000000000" + "00000000" + "00000000" + "00000000",
            Convert.ToHexString(file.AsSpan(6 * LogFormat.BlockBytes, 36)));
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= (byte)(1 << (at % 8));
        return bytes;
    }

    private static byte[] Zero(byte[] bytes, int at)
    {
        bytes.AsSpan(at, LogFormat.BlockBytes).Clear();
        return bytes;
    }

    private static async Task<FaultyDisk> WriteAsync(bool closed)
    {
        var disk = new FaultyDisk();
        var log = await WriteAheadLog.OpenAsync(disk, Options, (_, _) => { });
        foreach (var record in All)
        {
            log.Append(Encoding.UTF8.GetBytes(record));
            await log.CommitAsync();
        }

        if (closed)
            await log.DisposeAsync();
        return disk;
    }

    private static async Task<FaultyDisk> WriteTwoSegmentsAsync(int segments = 2)
    {
        var disk = new FaultyDisk();
        var log = await WriteAheadLog.OpenAsync(disk, Options, (_, _) => { });
        while (log.End.Segment < segments)
        {
            var record = new byte[3000];
            Array.Fill(record, (byte)0x5a);
            log.Append(record);
            await log.CommitAsync();
        }

        return disk;
    }

    private static async Task<(List<string> Found, CorruptFileException? Error)> TryOpenAsync(FaultyDisk disk)
    {
        var found = new List<string>();
        try
        {
            await WriteAheadLog.OpenAsync(disk, Options, (_, record) => found.Add(Encoding.UTF8.GetString(record.Span)));
            return (found, null);
        }
        catch (CorruptFileException e)
        {
            return (found, e);
        }
    }
}
