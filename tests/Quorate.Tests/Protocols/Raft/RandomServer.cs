using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;

namespace Quorate.Tests.Protocols.Raft;

/// <summary>A server with a disk whose writes take time, timers, and a driver that keeps the order of effects.</summary>
internal sealed class RandomServer(NodeId id, RandomCluster cluster, RaftOptions options, Configuration founders) : IRaftEffects
{
    private readonly List<Entry> diskEntries = [];
    private readonly List<(NodeId To, RaftMessage Message, long After)> held = [];
    private readonly List<RaftPersist> writing = [];
    private HardState diskHardState;
    private (long Index, long Term, Configuration Configuration) diskSnapshot = (0, 0, founders);
    private SnapshotChunk? restoring;
    private long persisted;

    public NodeId Id => id;

    public RaftCore? Core { get; private set; }

    public Dictionary<RaftTimer, TimeSpan> Timers { get; } = [];

    public Dictionary<ulong, RaftReply> Replies { get; } = [];

    public bool IsWriting => writing.Count > 0 || restoring is not null;

    public void Start()
    {
        Core = new RaftCore(id, options, new RaftInitialState(
            diskHardState, diskSnapshot.Index, diskSnapshot.Term, diskSnapshot.Configuration, [.. diskEntries]));
        persisted = 0;
        Step(new Started());
    }

    /// <summary>Loses memory; of the writes under way a prefix may have reached the disk.</summary>
    public void Crash(int writesThatMadeIt)
    {
        for (var i = 0; i < writesThatMadeIt && i < writing.Count; i++)
            Write(writing[i]);
        writing.Clear();
        held.Clear();
        Timers.Clear();
        restoring = null;
        Core = null;
    }

    public void Step(RaftInput input)
    {
        Core!.Step(input, cluster.Now, this);
        cluster.Check(this);
    }

    /// <summary>Completes some of the writes under way, in order.</summary>
    public void CompleteWrites(int count)
    {
        if (writing.Count == 0)
        {
            Restore();
            return;
        }

        count = Math.Min(count, writing.Count);
        for (var i = 0; i < count; i++)
            Write(writing[i]);
        persisted = writing[count - 1].Sequence;
        restoring ??= writing.Take(count).FirstOrDefault(w => w.Chunk is { Done: true })?.Chunk;
        writing.RemoveRange(0, count);
        foreach (var (to, message, _) in held.Where(h => h.After <= persisted))
            cluster.Send(id, to, message);
        held.RemoveAll(h => h.After <= persisted);
        Step(new Persisted(persisted));
    }

    public void TakeSnapshot()
    {
        var index = Core!.CommitIndex;
        if (index < Core.FirstIndex || IsWriting)
            return;
        var configuration = diskSnapshot.Configuration;
        for (var i = Core.FirstIndex; i <= index; i++)
            configuration = Decode(Core.EntryAt(i)) ?? configuration;
        var term = Core.TermAt(index)!.Value;
        diskEntries.RemoveAll(e => e.Index <= index);
        diskSnapshot = (index, term, configuration);
        Step(new SnapshotTaken(index));
    }

    public void Send(NodeId to, RaftMessage message, long afterPersist)
    {
        if (message is SnapshotRequest chunk)
            message = chunk with { Data = new byte[4], Done = chunk.Offset == 4 };
        if (afterPersist > persisted)
            held.Add((to, message, afterPersist));
        else
            cluster.Send(id, to, message);
    }

    public void Persist(RaftPersist request) => writing.Add(request);

    public void SetTimer(RaftTimer timer, TimeSpan after) => Timers[timer] = cluster.Now + after;

    public void CancelTimer(RaftTimer timer) => Timers.Remove(timer);

    public void Reply(ulong requestId, RaftReply reply)
    {
        Replies[requestId] = reply;
        cluster.Answered(this, requestId, reply);
    }

    public int Choose(int bound) => cluster.Random.Next(bound);

    private void Restore()
    {
        if (restoring is not { } done)
            return;
        restoring = null;
        var continues = diskEntries.Any(e => e.Index == done.LastIndex && e.Term == done.LastTerm);
        diskEntries.RemoveAll(e => !continues || e.Index <= done.LastIndex);
        diskSnapshot = (done.LastIndex, done.LastTerm, done.Configuration);
        Step(new SnapshotRestored(done.LastIndex, done.LastTerm, done.Configuration));
    }

    private void Write(RaftPersist request)
    {
        diskHardState = request.HardState ?? diskHardState;
        if (request.Entries.Count == 0)
            return;
        diskEntries.RemoveAll(e => e.Index >= request.Entries[0].Index);
        diskEntries.AddRange(request.Entries.Where(e => e.Index > diskSnapshot.Index));
    }

    private static Configuration? Decode(Entry entry)
    {
        if (entry.Kind != EntryKind.Configuration)
            return null;
        var reader = new Quorate.Kernel.Encoding.ByteReader(entry.Payload.Span);
        return Configuration.Read(ref reader);
    }
}
