using Quorate.Kernel.Invariants;
using Quorate.Kernel.Machines;

namespace Quorate.Storage.Logs;

/// <summary>
/// A log of records that survive a crash. Records are appended to memory and made durable in batches: all that was appended while one
/// write was on its way goes out with the next. It lives on one strand.
/// </summary>
/// <remarks>
/// Guarantee: what was appended before a <see cref="CommitAsync"/> that completed is replayed, in order, by every later open. What was
/// not committed may be replayed or not, and only as a whole batch at the end. No write touches a block of an acknowledged batch.
/// Cost: an append copies the record and allocates nothing; a commit is one write and one fdatasync for all that waits; each batch is
/// padded to 4 KiB.
/// Fails when: a write or sync fails — the log is poisoned, <see cref="PoisonedLogException"/> — or the disk is full —
/// <see cref="DiskFullException"/>, nothing is lost and a later commit tries again. The bytes of the very last batch rotting between a
/// crash and the next open look like a torn write; a log that was disposed, and every batch but the last, is safe from that.
/// Source: Mohan et al., "ARIES", TODS 1992, section 6 (group commit is from DeWitt et al., SIGMOD 1984); Alagappan et al.,
/// "Protocol-Aware Recovery", FAST 2018, section 3.2 (crash or corruption); docs/formats.md.
/// </remarks>
public sealed class WriteAheadLog : IAsyncDisposable
{
    private const int SparesMax = 3;

    private readonly IDisk disk;
    private readonly WriteAheadLogOptions options;
    private readonly SegmentFactory factory;
    // Those before the current one, oldest first. Their files are closed: nothing reads them until the next open.
    private readonly List<LogSegment> older = [];

    // Sealed by Append because they were full, oldest first. The one on its way to the disk stays at the head until it is durable.
    private readonly Queue<LogBatch> queued = new();
    private readonly Stack<LogBatch> spares = new();
    private LogBatch? filling;

    // Invariant: batches are written strictly one after the other, in the order of their sequence.
    private LogSegment current = null!;
    private Task<LogSegment>? next;
    private LogPosition durableEnd;
    private long durableSequence;
    private uint durableCrc;

    // Those who wait for the batch that became durable last, and were not told yet.
    private TaskCompletionSource? durableWaiters;
    private long endSegment;
    private long endOffset;
    private long lastSequence;
    private long requestedSequence;
    private bool closeMarked;
    private bool disposed;
    private Task flushing = Task.CompletedTask;
    private Task trimming = Task.CompletedTask;
    private PoisonedLogException? poison;

    private WriteAheadLog(IDisk disk, WriteAheadLogOptions options)
    {
        this.disk = disk;
        this.options = options;
        factory = new SegmentFactory(disk, options);
    }

    /// <summary>Where the next record would begin, had it room there.</summary>
    public LogPosition End => filling?.End ?? new LogPosition(endSegment, endOffset + BatchHeader.Length) { Batch = endOffset };

    /// <summary>Where what is durable ends.</summary>
    internal LogPosition DurableEnd => durableEnd;

    /// <summary>The bytes that the log takes on the disk, from its first segment to its end.</summary>
    public long Bytes => older.Sum(s => s.Bytes) + (current.Number == durableEnd.Segment ? durableEnd.Offset : LogFormat.BlockBytes);

    /// <summary>Bytes that were appended and are not yet durable.</summary>
    public long BufferedBytes { get; private set; }

    /// <summary>The most bytes of a record of this log.</summary>
    public int RecordBytesMax => options.EffectiveRecordBytesMax;

    /// <summary>Opens a log, or creates it, and replays every record in order.</summary>
    /// <param name="disk">Where.</param>
    /// <param name="options">Its layout and bounds; they may change from one open to the next.</param>
    /// <param name="replay">
    /// Takes each record with its position; the bytes are valid only during the call. What it throws ends the open.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CorruptFileException">A file holds what was never written there. Nothing was changed.</exception>
    /// <exception cref="DiskFullException">No room for the first segment.</exception>
    public static async ValueTask<WriteAheadLog> OpenAsync(
        IDisk disk, WriteAheadLogOptions options, Action<LogPosition, ReadOnlyMemory<byte>> replay,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(replay);
        options.Validate();
        var log = new WriteAheadLog(disk, options);
        var recovery = new LogRecovery(disk, options, replay);
        try
        {
            await recovery.RunAsync(cancellationToken);
            await log.TakeOverAsync(recovery);
        }
        catch
        {
            await recovery.CloseAsync();
            throw;
        }

        return log;
    }

    /// <summary>
    /// Puts a record behind the last one, in memory. It becomes durable with a <see cref="CommitAsync"/> that is called later.
    /// </summary>
    /// <param name="record">The record; it is copied.</param>
    /// <returns>Where it will be.</returns>
    /// <exception cref="ArgumentException">It is longer than <see cref="RecordBytesMax"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// It does not fit <see cref="WriteAheadLogOptions.BufferedBytesMax"/>: wait for a commit first.
    /// </exception>
    /// <exception cref="PoisonedLogException">An earlier write failed.</exception>
    public LogPosition Append(ReadOnlySpan<byte> record)
    {
        ThrowIfUnusable();
        if (record.Length > options.EffectiveRecordBytesMax)
            throw new ArgumentException($"a record has {record.Length} bytes, and at most {options.EffectiveRecordBytesMax} are allowed");
        if (BufferedBytes + record.Length > options.BufferedBytesMax)
            throw new InvalidOperationException(
                $"{BufferedBytes} bytes wait to become durable already, and {options.BufferedBytesMax} are allowed");
        var batch = BatchFor(record.Length);
        BufferedBytes += record.Length;
        return batch.Add(record);
    }

    /// <summary>Waits until everything that was appended before the call is durable. Calls that overlap share a sync.</summary>
    /// <param name="cancellationToken">Gives up waiting; the records become durable all the same.</param>
    /// <exception cref="DiskFullException">No room. The records stay in the log's memory, and the next call tries again.</exception>
    /// <exception cref="PoisonedLogException">
    /// A write or sync failed, now or before. Whether the records are durable is not known.
    /// </exception>
    public ValueTask CommitAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        cancellationToken.ThrowIfCancellationRequested();
        if (lastSequence == durableSequence)
            return ValueTask.CompletedTask;
        var durable = (filling ?? queued.Last()).Durable;
        requestedSequence = lastSequence;
        if (flushing.IsCompleted)
            flushing = FlushAsync();
        return new ValueTask(cancellationToken.CanBeCanceled ? durable.WaitAsync(cancellationToken) : durable);
    }

    /// <summary>A reader of what is durable; its caller disposes it.</summary>
    public LogReader OpenReader() => new(this, disk, options.Directory);

    /// <summary>Deletes the segments that lie wholly before a position; the segment that holds the end of the log stays.</summary>
    /// <param name="position">The first record that is still needed.</param>
    /// <param name="cancellationToken">Stops between two segments.</param>
    /// <exception cref="PoisonedLogException">A delete failed, now or earlier.</exception>
    public ValueTask TrimBeforeAsync(LogPosition position, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        trimming = TrimAsync(trimming, position.Segment, cancellationToken);
        return new ValueTask(trimming);
    }

    /// <summary>
    /// Waits for the commits on their way, marks the end of the log as durable, and closes the files. Records that no commit asked for
    /// are dropped.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        await flushing;
        await EndAsync(trimming);
        await MarkCloseAsync();
        if (next is not null)
            await ForgetNextAsync(next);
        await current.File.DisposeAsync();
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (poison is not null)
            throw new PoisonedLogException(poison.Message, poison.InnerException!);
    }

    private async ValueTask TakeOverAsync(LogRecovery recovery)
    {
        if (recovery.Segments.Count == 0)
            recovery.Segments.Add(await factory.CreateAsync(1));
        current = recovery.Segments[recovery.CurrentIndex];
        foreach (var left in recovery.Segments.Take(recovery.CurrentIndex))
        {
            await left.File.DisposeAsync();
            older.Add(left);
        }

        foreach (var ahead in recovery.Segments.Skip(recovery.CurrentIndex + 1))
            await TakeAheadAsync(ahead);
        (endSegment, endOffset) = (current.Number, recovery.End);
        durableEnd = new LogPosition(endSegment, endOffset);
        durableSequence = lastSequence = requestedSequence = recovery.Last?.Sequence ?? 0;
        durableCrc = recovery.Last?.Crc ?? 0;
        closeMarked = recovery.Last is null or { Records: 0 };
    }

    /// <summary>A segment that was made ahead is used if it is the next one and large enough for today's options, else deleted.</summary>
    private async ValueTask TakeAheadAsync(LogSegment ahead)
    {
        if (ahead.Number == current.Number + 1 && ahead.Bytes >= options.BytesOf(ahead.Number))
        {
            next = Task.FromResult(ahead);
            return;
        }

        await ahead.File.DisposeAsync();
        await disk.DeleteAsync(ahead.File.Path);
        await disk.SyncDirectoryAsync(options.Directory);
    }

    private LogBatch BatchFor(int recordBytes)
    {
        if (filling is not null)
        {
            var padded = filling.PaddedWith(recordBytes);
            if (padded <= LogFormat.BatchBytesMax && filling.Offset + padded <= BytesOf(filling.Segment))
                return filling;
            Queue();
        }

        var room = LogFormat.Padded(BatchHeader.Length + LogBatch.RecordHeaderBytes + (long)recordBytes);
        if (endOffset + room > BytesOf(endSegment))
            (endSegment, endOffset) = (endSegment + 1, LogFormat.BlockBytes);
        filling = spares.TryPop(out var spare) ? spare : new LogBatch();
        filling.Start(endSegment, endOffset, ++lastSequence);
        return filling;
    }

    /// <summary>The size of a segment that is there, or that is still to be made.</summary>
    private long BytesOf(long segment) => segment == current.Number ? current.Bytes : options.BytesOf(segment);

    private void Queue()
    {
        Invariant.Holds(filling is not null, "a batch is queued once");
        endOffset = filling.Offset + filling.PaddedBytes;
        queued.Enqueue(filling);
        filling = null;
    }

    /// <summary>Writes batch after batch while a commit waits for one. Never throws: what fails is told to those who wait.</summary>
    /// <remarks>
    /// Those who wait may run within this method when they are told, and commit anew: so it looks again after each telling.
    /// </remarks>
    private async Task FlushAsync()
    {
        while (poison is null && durableSequence < requestedSequence)
        {
            try
            {
                await WriteBatchesAsync();
            }
            catch (DiskFullException e)
            {
                // Only this batch is unsynced, and the next try writes all of it again: a sync that then succeeds covers every byte of it.
                requestedSequence = durableSequence;
                FailWaiters(e);
            }
            catch (Exception e)
            {
                FailWaiters(Poison(e));
            }
        }
    }

    private async ValueTask WriteBatchesAsync()
    {
        while (durableSequence < requestedSequence)
        {
            if (queued.Count == 0)
                Queue();
            var batch = queued.Peek();
            if (batch.Segment != current.Number)
            {
                TellDurable();
                await EnterSegmentAsync(batch.Segment);
            }

            batch.Seal(durableCrc);
            var write = current.File.WriteAndSyncAsync(batch.Offset, batch.Bytes);
            TellDurable(); // While the device works already.
            await write;
            Finish(batch);
            if (durableSequence >= requestedSequence)
                TellDurable();
        }
    }

    private void TellDurable()
    {
        var waiters = durableWaiters;
        durableWaiters = null;
        waiters?.TrySetResult();
    }

    private void Finish(LogBatch batch)
    {
        Invariant.Holds(queued.Dequeue() == batch && batch.Sequence == durableSequence + 1, "batches become durable in order");
        durableSequence = batch.Sequence;
        durableCrc = batch.Crc;
        durableEnd = new LogPosition(batch.Segment, batch.Offset + batch.PaddedBytes);
        closeMarked = false;
        BufferedBytes -= batch.PayloadBytes - ((long)batch.Records * LogBatch.RecordHeaderBytes);
        durableWaiters = batch.TakeWaiters();
        if (spares.Count < SparesMax && batch.Capacity <= 2 * LogFormat.BatchBytesMax)
            spares.Push(batch);
        if (next is null && durableEnd.Offset * 2 > current.Bytes)
            next = factory.CreateAsync(current.Number + 1);
    }

    private PoisonedLogException Poison(Exception reason) =>
        poison ??= new PoisonedLogException($"the log '{options.Directory}' failed and takes no more: {reason.Message}", reason);

    private void FailWaiters(Exception reason)
    {
        TellDurable();
        var waiters = queued.Select(batch => batch.TakeWaiters()).Append(filling?.TakeWaiters()).ToArray();
        foreach (var waiter in waiters)
            waiter?.TrySetException(reason);
    }

    private async ValueTask EnterSegmentAsync(long number)
    {
        if (number == current.Number)
            return;
        Invariant.Holds(number == current.Number + 1, "segments are entered in order");
        if (next is null or { IsFaulted: true })
            next = factory.CreateAsync(number); // What could not be made ahead is tried again now.
        var entered = await next;
        next = null;
        await current.File.DisposeAsync();
        older.Add(current);
        current = entered;
    }

    private async Task TrimAsync(Task before, long segment, CancellationToken cancellationToken)
    {
        await EndAsync(before);
        ThrowIfUnusable();
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            // The first batch of the segment that becomes the log's first is durable: recovery takes its absence for corruption.
            while (older.Count > 0 && older[0].Number < Math.Min(segment, durableEnd.Segment) && !cancellationToken.IsCancellationRequested)
            {
                // One by one, each durable before the next: so a crash never leaves a hole, and a hole always means corruption.
                await disk.DeleteAsync(older[0].File.Path, CancellationToken.None);
                await disk.SyncDirectoryAsync(options.Directory, CancellationToken.None);
                older.RemoveAt(0);
            }
        }
        catch (IOException e)
        {
            throw Poison(e);
        }
    }

    /// <summary>An empty batch behind the last one proves at the next open that the last one was durable.</summary>
    private async ValueTask MarkCloseAsync()
    {
        if (closeMarked || poison is not null || durableEnd.Segment != current.Number || durableEnd.Offset == current.Bytes)
            return;
        var mark = new LogBatch();
        mark.Start(current.Number, durableEnd.Offset, durableSequence + 1);
        mark.Seal(durableCrc);
        try
        {
            await current.File.WriteAndSyncAsync(mark.Offset, mark.Bytes);
        }
        catch (IOException)
        {
            // The mark is a help and no promise: without it the log opens just the same.
        }
    }

    /// <summary>Waits for a trim to end; its failure is its caller's.</summary>
    private static async ValueTask EndAsync(Task trim)
    {
        try
        {
            await trim;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    private static async ValueTask ForgetNextAsync(Task<LogSegment> next)
    {
        try
        {
            await (await next).File.DisposeAsync();
        }
        catch (IOException)
        {
            // It was never needed. The next open removes what is left of it.
        }
    }
}
