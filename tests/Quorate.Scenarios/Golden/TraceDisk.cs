using Quorate.Protocols.Raft;

namespace Quorate.Scenarios.Golden;

/// <summary>A server's disk in a golden trace: what is durable, and the writes that are under way.</summary>
internal sealed class TraceDisk(Configuration founders)
{
    private readonly List<byte> incoming = [];

    public HardState HardState { get; set; }

    public List<Entry> Entries { get; } = [];

    /// <summary>Every snapshot that was ever complete here, by its last index: a transfer under way still needs an old one.</summary>
    public Dictionary<long, byte[]> Snapshots { get; } = [];

    public (long Index, long Term) Snapshot { get; private set; }

    public Queue<RaftPersist> Writing { get; } = new();

    private Configuration SnapshotConfiguration { get; set; } = founders;

    public RaftInitialState Recover() => new(HardState, Snapshot.Index, Snapshot.Term, SnapshotConfiguration, [.. Entries]);

    /// <summary>The oldest write becomes durable; returns the snapshot that it completes, if it does.</summary>
    public SnapshotRestored? Complete(out long sequence)
    {
        var write = Writing.Dequeue();
        sequence = write.Sequence;
        HardState = write.HardState ?? HardState;
        if (write.Entries.Count > 0)
        {
            Entries.RemoveAll(e => e.Index >= write.Entries[0].Index);
            Entries.AddRange(write.Entries);
        }

        return write.Chunk is { } chunk ? Keep(chunk) : null;
    }

    /// <summary>Replaces the prefix of the log. What follows stays only if it continues the snapshot.</summary>
    public void Install(long index, long term, Configuration configuration, byte[] bytes)
    {
        if (!Entries.Exists(e => e.Index == index && e.Term == term))
            Entries.Clear();
        Entries.RemoveAll(e => e.Index <= index);
        Snapshot = (index, term);
        SnapshotConfiguration = configuration;
        Snapshots[index] = bytes;
    }

    public void Crash()
    {
        Writing.Clear();
        incoming.Clear();
    }

    private SnapshotRestored? Keep(SnapshotChunk chunk)
    {
        if (chunk.Offset == 0)
            incoming.Clear();
        incoming.AddRange(chunk.Data.Span);
        if (!chunk.Done)
            return null;
        Install(chunk.LastIndex, chunk.LastTerm, chunk.Configuration, [.. incoming]);
        return new SnapshotRestored(chunk.LastIndex, chunk.LastTerm, chunk.Configuration);
    }
}
