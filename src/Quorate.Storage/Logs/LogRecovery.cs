using Quorate.Kernel.Machines;
using Quorate.Storage.Folders;

namespace Quorate.Storage.Logs;

/// <summary>Opens the files of a log, replays what they hold, and makes sure of the end before anything is added to it.</summary>
internal sealed class LogRecovery(IDisk disk, WriteAheadLogOptions options, Action<LogPosition, ReadOnlyMemory<byte>> replay)
{
    private readonly List<SegmentScan> scans = [];

    /// <summary>The segments found, oldest first; their files are open.</summary>
    public List<LogSegment> Segments { get; } = [];

    /// <summary>The index in <see cref="Segments"/> of the one that holds the end of the log.</summary>
    public int CurrentIndex { get; private set; }

    /// <summary>Where the next batch begins in it.</summary>
    public long End { get; private set; } = LogFormat.BlockBytes;

    /// <summary>The last batch of the log.</summary>
    public BatchHeader? Last { get; private set; }

    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        await DurableDirectory.CreateAsync(disk, options.Directory, cancellationToken);
        await OpenFilesAsync(cancellationToken);

        // A killed process may have renamed a segment and not yet synced its name.
        await disk.SyncDirectoryAsync(options.Directory, cancellationToken);
        foreach (var segment in Segments)
            await ScanAsync(segment, cancellationToken);
        if (Segments.Count == 0)
            return;
        if (scans[0].Last is null && Segments[0].Number > 1)
            throw new CorruptFileException(Segments[0].File.Path, LogFormat.BlockBytes, "the first batch of the log is missing");
        await MakeSureOfTheEndAsync(cancellationToken);
    }

    /// <summary>Closes what was opened, after a failure.</summary>
    public async ValueTask CloseAsync()
    {
        foreach (var segment in Segments)
            await segment.File.DisposeAsync();
    }

    private async ValueTask OpenFilesAsync(CancellationToken cancellationToken)
    {
        var numbers = new List<long>();
        foreach (var name in await disk.ListAsync(options.Directory, cancellationToken))
        {
            if (name.EndsWith(LogFormat.TemporarySuffix, StringComparison.Ordinal))
                await disk.DeleteAsync(DurableDirectory.PathOf(options.Directory, name), cancellationToken);
            else if (LogFormat.TryParseSegmentName(name, out var number))
                numbers.Add(number);
        }

        numbers.Sort();
        foreach (var number in numbers)
        {
            var path = DurableDirectory.PathOf(options.Directory, LogFormat.SegmentName(number));
            if (Segments.Count > 0 && number != Segments[^1].Number + 1)
                throw new CorruptFileException(path, 0, $"the segment before it is missing: {LogFormat.SegmentName(number - 1)}");
            var file = await disk.OpenAsync(path, OpenMode.Existing, cancellationToken);
            Segments.Add(new LogSegment(number, file.Length, file));
        }
    }

    private async ValueTask ScanAsync(LogSegment segment, CancellationToken cancellationToken)
    {
        var damaged = scans.Find(earlier => earlier.TornEnd > earlier.End);
        var scan = new SegmentScan(segment, replay);
        try
        {
            await scan.RunAsync(Last, cancellationToken);
        }
        catch (CorruptFileException) when (damaged is not null)
        {
            throw Followed(damaged, segment); // What is wrong in this segment follows from the damage before it.
        }

        if (!scan.IsBlank && damaged is not null)
            throw Followed(damaged, segment);
        if (scan.Last is { } last)
            (CurrentIndex, End, Last) = (scans.Count, scan.End, last.Header);
        scans.Add(scan);
    }

    private static CorruptFileException Followed(SegmentScan damaged, LogSegment segment) =>
        new(damaged.Segment.File.Path, damaged.End, $"the batch fails its check, and segment {segment.Number} was written after it");

    /// <summary>
    /// A torn batch is overwritten with zeros. The last good batch may be in the page cache only: it is written again, with the same
    /// bytes, since a sync alone proves nothing about a page whose earlier write-back failed and that is now clean.
    /// </summary>
    private async ValueTask MakeSureOfTheEndAsync(CancellationToken cancellationToken)
    {
        foreach (var scan in scans)
        {
            if (scan.TornEnd > scan.End)
                options.Sometimes("log: a torn batch at the end is cleared");
            if (scan.TornEnd > scan.End)
                await ClearAsync(scan.Segment.File, scan.End, scan.TornEnd, cancellationToken);
        }

        if (scans[CurrentIndex].Last is not { } last)
            return;
        var bytes = new byte[last.Header.PaddedBytes];
        var file = Segments[CurrentIndex].File;
        await file.ReadAsync(last.Offset, bytes, cancellationToken);
        await file.WriteAndSyncAsync(last.Offset, bytes, cancellationToken);
    }

    private static async ValueTask ClearAsync(IFile file, long from, long to, CancellationToken cancellationToken)
    {
        var zeros = new byte[Math.Min(1 << 20, to - from)];
        for (var offset = from; offset < to; offset += zeros.Length)
            await file.WriteAsync(offset, zeros.AsMemory(0, (int)Math.Min(zeros.Length, to - offset)), cancellationToken);
        await file.SyncAsync(cancellationToken);
    }
}
