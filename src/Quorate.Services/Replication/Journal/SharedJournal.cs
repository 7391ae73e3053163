using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;
using Quorate.Storage.Logs;

namespace Quorate.Services.Replication.Journal;

/// <summary>
/// The write-ahead log that all groups of a node share. What a turn appends becomes durable with one sync; while it runs, the next
/// batch fills. It is trimmed to the oldest record that any group still needs.
/// </summary>
internal sealed class SharedJournal : IAsyncDisposable
{
    private readonly WriteAheadLog log;
    private readonly long bufferedBytesMax;
    private readonly string directory;
    private readonly SortedDictionary<ulong, GroupJournal> groups = [];
    private readonly Queue<byte[]> overflow = new();
    private readonly List<(long Batch, TaskCompletionSource Done)> waiting = [];
    private Task committing = Task.CompletedTask;
    private bool dirty;
    private bool trimming;

    private SharedJournal(WriteAheadLog log, WriteAheadLogOptions options, SortedDictionary<ulong, GroupJournal> recovered)
    {
        this.log = log;
        bufferedBytesMax = options.BufferedBytesMax;
        directory = options.Directory;
        groups = recovered;
        foreach (var (_, group) in groups)
            group.Attach(this);
    }

    /// <summary>Raised when a batch is durable, with its number.</summary>
    public event Action<long>? Committed;

    /// <summary>Raised when the disk is full (true) and when it has room again (false).</summary>
    public event Action<bool>? FullChanged;

    /// <summary>Raised when the log failed for good: nothing of this node may be acknowledged any more.</summary>
    public event Action<Exception>? Broken;

    /// <summary>The batch that takes what is appended now.</summary>
    public long Batch { get; private set; } = 1;

    /// <summary>The last batch that is durable.</summary>
    public long DurableBatch { get; private set; }

    public bool IsFull { get; private set; }

    public bool IsBroken { get; private set; }

    public int RecordBytesMax => log.RecordBytesMax;

    public LogPosition End => log.End;

    public long Bytes => log.Bytes;

    /// <summary>Opens the log and recovers what it holds of every group.</summary>
    /// <exception cref="CorruptFileException">The log holds what was never written there.</exception>
    public static async ValueTask<SharedJournal> OpenAsync(IDisk disk, WriteAheadLogOptions options, CancellationToken cancellationToken)
    {
        var groups = new SortedDictionary<ulong, GroupJournal>();
        void Replay(LogPosition position, ReadOnlyMemory<byte> bytes)
        {
            try
            {
                var (id, record) = JournalCodec.Read(bytes.Span);
                if (!groups.TryGetValue(id, out var group))
                    groups.Add(id, group = new GroupJournal(id, options.Directory));
                group.Replay(position, record);
            }
            catch (MalformedInputException e)
            {
                throw new CorruptFileException($"{options.Directory} (segment {position.Segment})", position.Offset, e.Message);
            }
        }

        var log = await WriteAheadLog.OpenAsync(disk, options, Replay, cancellationToken);
        return new SharedJournal(log, options, groups);
    }

    /// <summary>The part of a group; a new one when the log holds nothing of it.</summary>
    public GroupJournal Group(ulong id)
    {
        if (groups.TryGetValue(id, out var group))
            return group;
        group = new GroupJournal(id, directory);
        group.Attach(this);
        groups.Add(id, group);
        return group;
    }

    /// <summary>Appends a record to the batch that fills.</summary>
    /// <returns>A position at or before the record's.</returns>
    public LogPosition Append(ReadOnlySpan<byte> record)
    {
        var position = log.End;
        dirty = true;
        if (IsBroken)
            return position;
        if (overflow.Count > 0 || log.BufferedBytes + record.Length > bufferedBytesMax)
            overflow.Enqueue(record.ToArray());
        else
            position = AppendOrBreak(record) ?? position;
        return position;
    }

    /// <summary>Begins to make durable what was appended, unless a sync is on its way already: then it follows.</summary>
    public void Flush()
    {
        if (dirty && !IsBroken && !IsFull && committing.IsCompleted)
            committing = CommitAllAsync();
    }

    /// <summary>Tries again after the disk was full.</summary>
    public void Retry()
    {
        if (IsFull && !IsBroken && committing.IsCompleted)
            committing = CommitAllAsync();
    }

    /// <summary>Waits until what was appended before is durable; on a full disk that can take for ever.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) => CommitAsync().WaitAsync(cancellationToken);

    /// <summary>Waits until what was appended before is durable.</summary>
    public Task CommitAsync()
    {
        if (IsBroken)
            return Task.FromException(new IOException($"the log '{directory}' failed"));
        if (!dirty && DurableBatch == Batch - 1)
            return Task.CompletedTask;
        var done = new TaskCompletionSource();
        waiting.Add((dirty ? Batch : Batch - 1, done));
        Flush();
        return done.Task;
    }

    /// <summary>A reader of what is durable; its caller disposes it.</summary>
    public LogReader OpenReader() => log.OpenReader();

    /// <summary>The oldest record that some group needs.</summary>
    public LogPosition Needed()
    {
        var needed = log.End;
        foreach (var (_, group) in groups)
        {
            if (group.Needed is { } position && position.CompareTo(needed) < 0)
                needed = position;
        }

        return needed;
    }

    /// <summary>Deletes the segments that no group needs. All that the groups wrote to be rid of them must be durable before.</summary>
    public async ValueTask TrimAsync()
    {
        if (trimming || IsBroken)
            return;
        trimming = true;
        try
        {
            var needed = Needed();
            await CommitAsync();
            await log.TrimBeforeAsync(needed);
        }
        finally
        {
            trimming = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Flush();
        await committing;
        FailWaiting(new ObjectDisposedException(nameof(SharedJournal)));
        await log.DisposeAsync();
    }

    private async Task CommitAllAsync()
    {
        try
        {
            while (dirty)
            {
                dirty = false;
                var batch = Batch++;
                do
                {
                    await log.CommitAsync();
                }
                while (TakeOverflow());
                SetFull(false);
                DurableBatch = batch;
                Committed?.Invoke(batch);
                ReleaseWaiting();
            }
        }
        catch (DiskFullException)
        {
            // The batch stays where it is, and its records are durable when a later one is: batch numbers only grow.
            dirty = true;
            SetFull(true);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Break(e);
        }
    }

    /// <summary>The log can have failed since the last commit was asked for, and this be the first to hear of it.</summary>
    private LogPosition? AppendOrBreak(ReadOnlySpan<byte> record)
    {
        try
        {
            return log.Append(record);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Break(e);
            return null;
        }
    }

    private void Break(Exception reason)
    {
        if (IsBroken)
            return;
        IsBroken = true;
        FailWaiting(reason);
        Broken?.Invoke(reason);
    }

    /// <summary>Appends what found no room in the log's buffer.</summary>
    /// <returns>Whether there was any, so that it needs a commit too.</returns>
    private bool TakeOverflow()
    {
        if (overflow.Count == 0)
            return false;
        while (overflow.TryPeek(out var record) && log.BufferedBytes + record.Length <= bufferedBytesMax)
            log.Append(overflow.Dequeue());
        return true;
    }

    private void SetFull(bool full)
    {
        if (IsFull == full)
            return;
        IsFull = full;
        FullChanged?.Invoke(full);
    }

    private void ReleaseWaiting()
    {
        for (var i = waiting.Count - 1; i >= 0; i--)
        {
            if (waiting[i].Batch > DurableBatch)
                continue;
            var done = waiting[i].Done;
            waiting.RemoveAt(i);
            done.SetResult();
            i = Math.Min(i, waiting.Count);
        }
    }

    private void FailWaiting(Exception reason)
    {
        var failed = waiting.ToArray();
        waiting.Clear();
        foreach (var (_, done) in failed)
            done.TrySetException(reason);
    }
}
