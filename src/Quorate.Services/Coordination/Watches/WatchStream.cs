using System.Threading.Channels;
using Quorate.Kernel.Strands;

namespace Quorate.Services.Coordination.Watches;

/// <summary>
/// A stream of watches: its public face, which any thread may call, and the queue of messages that no one has read yet. Everything else
/// about it belongs to the hub's strand.
/// </summary>
internal sealed class WatchStream : IWatchStream
{
    private readonly WatchHub hub;
    private readonly Strand strand;
    private readonly WatchLimits limits;
    private readonly WatchUse use;
    private readonly Channel<Queued> queue = Channel.CreateUnbounded<Queued>(new UnboundedChannelOptions { SingleReader = true });

    // On the strand: what is queued together when a revision has been told to all.
    private readonly List<WatchMessage> outbox = [];
    private long outboxBytes;
    private long unreadBytes;
    private int unreadMessages;
    private int waitsForRoom;

    // The reader's: what it took from the queue, and how much of it was given away.
    private WatchMessage[] taken = [];
    private int given;

    /// <summary>Creates the stream.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="strand">The hub's strand.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="use">What all streams take.</param>
    /// <param name="judge">Says what may be watched; null for everything.</param>
    public WatchStream(WatchHub hub, Strand strand, WatchLimits limits, WatchUse use, IWatchJudge? judge)
    {
        (this.hub, this.strand, this.limits, this.use) = (hub, strand, limits, use);
        Judge = judge;
    }

    /// <summary>Says what may be watched; null for everything.</summary>
    public IWatchJudge? Judge { get; }

    /// <summary>The watches by id.</summary>
    public Dictionary<long, Watcher> Watchers { get; } = [];

    /// <summary>The watches that read the history, in the order in which they get their turn.</summary>
    public Queue<Watcher> Lagging { get; } = new();

    /// <summary>The next id that the hub chooses.</summary>
    public long NextId { get; set; }

    /// <summary>Whether a progress message is owed once all watches are up to date.</summary>
    public bool OwesProgress { get; set; }

    /// <summary>The revision at which the owed progress message can be sent, where a watch begins later than the present.</summary>
    public long ProgressAt { get; set; }

    /// <summary>Whether a turn of reading the history is posted.</summary>
    public bool TurnIsPosted { get; set; }

    /// <summary>Whether the stream is over.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether there is no room for more events.</summary>
    public bool IsFull =>
        Volatile.Read(ref unreadMessages) + outbox.Count >= limits.MessagesMax
        || Interlocked.Read(ref unreadBytes) + outboxBytes is var bytes && (bytes >= limits.BytesMax || (bytes > 0 && use.IsUnreadFull));

    /// <inheritdoc/>
    public void Create(WatchCreateRequest request) => strand.Post(() => hub.Create(this, request));

    /// <inheritdoc/>
    public void Cancel(long watchId) => strand.Post(() => hub.Cancel(this, watchId));

    /// <inheritdoc/>
    public void RequestProgress() => strand.Post(() => hub.RequestProgress(this));

    /// <inheritdoc/>
    public ValueTask<WatchMessage?> ReadAsync(CancellationToken cancellationToken = default) =>
        given < taken.Length ? new(taken[given++]) : TakeAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        // Nobody reads these any more, and they count for all streams.
        while (queue.Reader.TryRead(out var unread))
            Taken(unread);
        strand.Post(() => hub.Close(this));
        return ValueTask.CompletedTask;
    }

    /// <summary>Queues a message for the reader. On the strand.</summary>
    /// <param name="message">The message.</param>
    /// <param name="bytes">About how many bytes it keeps alive.</param>
    public void Send(WatchMessage message, long bytes = 0) => Send([message], bytes);

    /// <summary>Queues a message together with others, at <see cref="SendCollected"/>. On the strand.</summary>
    /// <param name="message">The message.</param>
    /// <param name="bytes">About how many bytes it keeps alive.</param>
    public void Collect(WatchMessage message, long bytes)
    {
        outbox.Add(message);
        outboxBytes += bytes;
    }

    /// <summary>Whether something was collected. On the strand.</summary>
    public bool HasCollected => outbox.Count > 0;

    /// <summary>Queues what was collected: one step for the reader, however many watches are told. On the strand.</summary>
    public void SendCollected()
    {
        if (outbox.Count > 0)
            Send([.. outbox], outboxBytes);
        outbox.Clear();
        outboxBytes = 0;
    }

    /// <summary>Asks to be given a turn when the reader has made room. On the strand.</summary>
    public void WaitForRoom()
    {
        Interlocked.Exchange(ref waitsForRoom, 1);
        if (HasRoomAgain())
            PostTurn();
    }

    /// <summary>Ends the stream. On the strand.</summary>
    public void MarkClosed()
    {
        IsClosed = true;
        queue.Writer.TryComplete();
    }

    private void Send(WatchMessage[] messages, long bytes)
    {
        Interlocked.Add(ref unreadBytes, bytes);
        use.Wait(bytes);
        var unread = Interlocked.Add(ref unreadMessages, messages.Length);
        var queued = new Queued(messages, bytes);
        if (!queue.Writer.TryWrite(queued))
            Taken(queued);
        if (unread > limits.AnswersMax)
            queue.Writer.TryComplete(CoordinationErrors.Of(CoordinationError.TooManyRequests));
    }

    private async ValueTask<WatchMessage?> TakeAsync(CancellationToken cancellationToken)
    {
        (taken, given) = ([], 0);
        Queued queued;
        while (!queue.Reader.TryRead(out queued))
        {
            if (!await queue.Reader.WaitToReadAsync(cancellationToken))
                return null;
        }

        Taken(queued);
        if (Volatile.Read(ref waitsForRoom) == 1 && HasRoomAgain())
            PostTurn();
        (taken, given) = (queued.Messages, 1);
        return taken[0];
    }

    private void Taken(in Queued queued)
    {
        Interlocked.Add(ref unreadMessages, -queued.Messages.Length);
        Interlocked.Add(ref unreadBytes, -queued.Bytes);
        use.Wait(-queued.Bytes);
    }

    private void PostTurn()
    {
        if (Interlocked.Exchange(ref waitsForRoom, 0) == 1)
            strand.Post(() => hub.PostTurn(this));
    }

    /// <summary>Half empty is enough room, so that one turn serves many reads; where all streams hold too much, only empty is.</summary>
    private bool HasRoomAgain() =>
        Volatile.Read(ref unreadMessages) <= limits.MessagesMax / 2 && Interlocked.Read(ref unreadBytes) is var bytes
        && bytes <= limits.BytesMax / 2 && (bytes == 0 || !use.IsUnreadFull);

    private readonly record struct Queued(WatchMessage[] Messages, long Bytes);
}
