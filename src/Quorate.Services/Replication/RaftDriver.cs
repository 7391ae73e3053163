using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Journal;
using Quorate.Services.Replication.Timing;

namespace Quorate.Services.Replication;

/// <summary>
/// Drives a group's Raft core: writes what it wants durable, holds back what must wait for that, sends, and runs its timers.
/// </summary>
internal sealed class RaftDriver : IRaftEffects, IDisposable
{
    private readonly HostContext host;
    private readonly ulong group;
    private readonly GroupJournal journal;
    private readonly StrandTimer election;
    private readonly StrandTimer heartbeat;
    private readonly LaggardFeed laggards;
    private readonly Queue<PendingPersist> persisting = new();
    private readonly Queue<(long After, NodeId To, RaftMessage Message)> held = new();
    private readonly Queue<(ulong Request, RaftReply Reply)> replies = new();
    private long durable;
    private bool stepping;
    private bool stopped;

    public RaftDriver(HostContext host, ulong group, GroupJournal journal, RaftInitialState initial)
    {
        this.host = host;
        this.group = group;
        this.journal = journal;
        Core = new RaftCore(host.Self, host.Options.Raft, initial);
        HardState = initial.HardState;
        laggards = new LaggardFeed(host, group, journal) { Send = SendWhole, Lost = ResetLater, IsLeaderOf = IsLeaderOf };
        election = new StrandTimer(host.Clock, host.Strand, () => Step(new TimerFired(RaftTimer.Election)));
        heartbeat = new StrandTimer(host.Clock, host.Strand, () => Step(new TimerFired(RaftTimer.Heartbeat)));
    }

    public RaftCore Core { get; }

    /// <summary>The last term and vote that were handed out to be written.</summary>
    public HardState HardState { get; private set; }

    /// <summary>Takes the answer to a request; it may step the core again.</summary>
    public required Action<ulong, RaftReply> Replied { get; init; }

    /// <summary>Keeps a part of a snapshot, and says when that is done.</summary>
    public required Action<SnapshotChunk, Action> ChunkArrived { get; init; }

    /// <summary>Fills in a part of a snapshot and sends it.</summary>
    public required Action<NodeId, SnapshotRequest> SnapshotWanted { get; init; }

    public bool IsLeaderOf(long term) => !stopped && Core.Role == RaftRole.Leader && Core.Term == term;

    public void Start() => Step(new Started());

    public void Step(RaftInput input)
    {
        if (stopped)
            return;
        try
        {
            stepping = true;
            Core.Step(input, host.Clock.Now, this);
        }
        catch (Exception e)
        {
            // The core is a state machine without outside: whatever it throws is a broken invariant.
            stopped = true;
            host.Machine.Fail(e);
            return;
        }
        finally
        {
            stepping = false;
        }

        while (replies.TryDequeue(out var answered))
            Replied(answered.Request, answered.Reply);
        host.Turn();
    }

    /// <summary>Takes note that a batch of the shared log is durable.</summary>
    public void JournalCommitted() => Release();

    public void Dispose()
    {
        stopped = true;
        election.Dispose();
        heartbeat.Dispose();
        laggards.Dispose();
    }

    void IRaftEffects.Send(NodeId to, RaftMessage message, long afterPersist)
    {
        if (afterPersist > durable)
            held.Enqueue((afterPersist, to, message));
        else
            SendNow(to, message);
    }

    void IRaftEffects.Persist(RaftPersist request)
    {
        var pending = new PendingPersist(request.Sequence);
        if (request.HardState is { } state)
        {
            HardState = state;
            journal.AppendState(state);
            pending.Batch = host.Journal.Batch;
        }

        if (request.Entries.Count > 0)
        {
            journal.AppendEntries(request.Entries);
            pending.Batch = host.Journal.Batch;
        }

        persisting.Enqueue(pending);
        if (request.Chunk is not { } chunk)
            return;
        pending.ChunkIsKept = false;
        ChunkArrived(chunk, () =>
        {
            pending.ChunkIsKept = true;
            Release();
        });
    }

    void IRaftEffects.SetTimer(RaftTimer timer, TimeSpan after) => TimerOf(timer).Set(after);

    void IRaftEffects.CancelTimer(RaftTimer timer) => TimerOf(timer).Cancel();

    void IRaftEffects.Reply(ulong requestId, RaftReply reply) => replies.Enqueue((requestId, reply));

    int IRaftEffects.Choose(int bound) => host.Machine.Random.Next(bound);

    private StrandTimer TimerOf(RaftTimer timer) => timer == RaftTimer.Election ? election : heartbeat;

    /// <summary>Tells the core how far its writes are durable, and sends what waited for them.</summary>
    private void Release()
    {
        if (stepping)
        {
            host.Strand.Post(Release);
            return;
        }

        var before = durable;
        while (persisting.TryPeek(out var oldest) && oldest.ChunkIsKept && oldest.Batch <= host.Journal.DurableBatch)
            durable = persisting.Dequeue().Sequence;
        if (durable == before || stopped)
            return;
        while (held.TryPeek(out var first) && first.After <= durable)
        {
            held.Dequeue();
            SendNow(first.To, first.Message);
        }

        Step(new Persisted(durable));
    }

    private void SendNow(NodeId to, RaftMessage message)
    {
        if (stopped)
            return;
        if (message is SnapshotRequest request)
            SnapshotWanted(to, request);
        else if (message is not AppendRequest append || !laggards.Take(to, append))
            SendWhole(to, message);
        host.Turn();
    }

    private void SendWhole(NodeId to, RaftMessage message)
    {
        if (stopped)
            return;
        if (!host.Transport.Send(to, group, message, BytesAbout(message)) && host.Transport.IsUp(to))
            ResetLater(to); // Dropped for want of room.
        host.Turn();
    }

    /// <summary>What was sent to a peer is lost: the core must not wait for an answer.</summary>
    private void ResetLater(NodeId to) => host.Strand.Post(() => Step(new PeerReset(to)));

    private static int BytesAbout(RaftMessage message)
    {
        var bytes = 128;
        if (message is AppendRequest append)
        {
            for (var i = 0; i < append.Entries.Count; i++)
                bytes += append.Entries[i].Payload.Length + 32;
        }

        return bytes;
    }

    private sealed class PendingPersist(long sequence)
    {
        public long Sequence { get; } = sequence;

        public long Batch { get; set; }

        public bool ChunkIsKept { get; set; } = true;
    }
}
