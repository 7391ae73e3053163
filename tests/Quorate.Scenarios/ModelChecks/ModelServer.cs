using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>One server of the Raft model: the core's bytes, its disk, the write that is not done, and the messages that wait for
/// it.</summary>
internal sealed class ModelServer(NodeId id) : IRaftEffects
{
    public NodeId Id => id;

    public byte[] CoreBytes { get; set; } = [];

    public RaftRole Role { get; set; }

    public HardState DiskHardState { get; set; }

    public List<Entry> DiskEntries { get; } = [];

    /// <summary>Writes that are not done, oldest first.</summary>
    public List<RaftPersist> Writing { get; } = [];

    public List<(NodeId To, byte[] Message, long After)> Held { get; } = [];

    /// <summary>Messages that a step sent at once.</summary>
    public List<(NodeId To, byte[] Message)> Sent { get; } = [];

    public void Send(NodeId to, RaftMessage message, long afterPersist)
    {
        var writer = new ByteWriter(64);
        RaftCodec.Write(message, writer);
        if (afterPersist > 0)
            Held.Add((to, writer.ToArray(), afterPersist));
        else
            Sent.Add((to, writer.ToArray()));
    }

    public void Persist(RaftPersist request) => Writing.Add(request);

    public void SetTimer(RaftTimer timer, TimeSpan after)
    {
    }

    public void CancelTimer(RaftTimer timer)
    {
    }

    public void Reply(ulong requestId, RaftReply reply)
    {
    }

    public int Choose(int bound) => 0;

    /// <summary>The oldest write reaches the disk; what waited for it goes out. Sequence numbers stay relative to the last that is
    /// done.</summary>
    public void CompleteWrite(RaftCore core)
    {
        var done = Writing[0];
        DiskHardState = done.HardState ?? DiskHardState;
        if (done.Entries.Count > 0)
        {
            DiskEntries.RemoveAll(e => e.Index >= done.Entries[0].Index);
            DiskEntries.AddRange(done.Entries);
        }

        Writing.RemoveAt(0);
        Sent.AddRange(Held.Where(h => h.After <= done.Sequence).Select(h => (h.To, h.Message)));
        Held.RemoveAll(h => h.After <= done.Sequence);
        core.Step(new Persisted(done.Sequence), TimeSpan.Zero, this);
        for (var i = 0; i < Writing.Count; i++)
            Writing[i] = Writing[i] with { Sequence = Writing[i].Sequence - done.Sequence };
        for (var i = 0; i < Held.Count; i++)
            Held[i] = Held[i] with { After = Held[i].After - done.Sequence };
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteBytes(CoreBytes);
        writer.WriteByte((byte)Role);
        Write(writer, DiskHardState);
        Write(writer, DiskEntries);
        writer.WriteByte((byte)Writing.Count);
        foreach (var write in Writing)
        {
            writer.WriteByte((byte)write.Sequence);
            writer.WriteBool(write.HardState.HasValue);
            Write(writer, write.HardState ?? default);
            Write(writer, write.Entries);
        }

        writer.WriteByte((byte)Held.Count);
        foreach (var (to, message, after) in Held)
        {
            writer.WriteByte((byte)to.Value);
            writer.WriteBytes(message);
            writer.WriteByte((byte)after);
        }
    }

    public static ModelServer Read(NodeId id, ref ByteReader reader)
    {
        var server = new ModelServer(id) { CoreBytes = reader.ReadBytes().ToArray(), Role = (RaftRole)reader.ReadByte(), DiskHardState = ReadHardState(ref reader) };
        server.DiskEntries.AddRange(ReadEntries(ref reader));
        for (var left = reader.ReadByte(); left > 0; left--)
        {
            var sequence = reader.ReadByte();
            var has = reader.ReadBool();
            var hardState = ReadHardState(ref reader);
            server.Writing.Add(new RaftPersist(sequence, has ? hardState : null, ReadEntries(ref reader), null));
        }

        for (var left = reader.ReadByte(); left > 0; left--)
            server.Held.Add((new NodeId(reader.ReadByte()), reader.ReadBytes().ToArray(), reader.ReadByte()));
        return server;
    }

    public static void Write(ByteWriter writer, IReadOnlyList<Entry> entries)
    {
        writer.WriteByte((byte)entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            writer.WriteByte((byte)entries[i].Index);
            writer.WriteByte((byte)entries[i].Term);
            writer.WriteByte((byte)entries[i].Kind);
            writer.WriteBytes(entries[i].Payload.Span);
        }
    }

    public static Entry[] ReadEntries(ref ByteReader reader)
    {
        var entries = new Entry[reader.ReadByte()];
        for (var i = 0; i < entries.Length; i++)
        {
            var index = reader.ReadByte();
            var term = reader.ReadByte();
            var kind = (EntryKind)reader.ReadByte();
            entries[i] = new Entry(term, index, kind, reader.ReadBytes().ToArray());
        }

        return entries;
    }

    private static void Write(ByteWriter writer, HardState state)
    {
        writer.WriteByte((byte)state.Term);
        writer.WriteByte((byte)state.VotedFor.Value);
    }

    private static HardState ReadHardState(ref ByteReader reader) => new(reader.ReadByte(), new NodeId(reader.ReadByte()));
}
