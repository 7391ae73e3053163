using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;

namespace Quorate.Cli.Models.Raft;

/// <summary>One server while a step is worked out: the production core, its disk, the writes that are not done, and what waits for
/// them.</summary>
internal sealed class ModelServer(int place, RaftModelBounds bounds, ModelMessages messages) : IRaftEffects
{
    private static readonly RaftOptions Options = new();
    private readonly List<(NodeId To, int Message, long After)> held = [];
    private readonly List<RaftPersist> writing = [];
    private List<Entry> diskEntries = [];
    private HardState diskHardState;

    public RaftCore Core { get; private set; } = null!;

    /// <summary>What the steps sent at once, and what waited for a write that was completed.</summary>
    public List<(int To, int Message)> Sent { get; } = [];

    public bool Writes => writing.Count > 0;

    public long DurableTerm => diskHardState.Term;

    private NodeId Self => IdOf(place);

    public static NodeId IdOf(int place) => new((ulong)place + 1);

    /// <summary>Starts from the disk; what was not durable is gone.</summary>
    public void Boot()
    {
        held.Clear();
        writing.Clear();
        if (bounds.Bug == PlantedBug.ForgottenVote)
            diskHardState = diskHardState with { VotedFor = NodeId.None };
        var founders = new Configuration(Enumerable.Range(0, bounds.Servers).Select(IdOf));
        Core = new RaftCore(Self, Options, new RaftInitialState(diskHardState, 0, 0, founders, [.. diskEntries]));
        Core.Step(new Started(), default, this);
    }

    public void Receive(int from, RaftMessage message) => Core.Step(new Received(IdOf(from), message), default, this);

    public void Propose(int command) => Core.Step(new Propose(1, [new[] { (byte)command }]), default, this);

    // A follower that is ordered to stand does so without the pre-vote; a candidate is a follower again once everyone has refused.
    public void TimeOut()
    {
        for (var other = 0; other < bounds.Servers && Core.Role == RaftRole.Candidate; other++)
        {
            if (other != place)
                Receive(other, new VoteReply(Core.Term, false));
        }

        Receive(place, new TimeoutNow(Core.Term));
    }

    /// <summary>The oldest write reaches the disk; what waited for it goes out. Sequence numbers stay relative to the last that is
    /// done.</summary>
    public void CompleteWrite()
    {
        var done = writing[0];
        diskHardState = done.HardState ?? diskHardState;
        if (done.Entries.Count > 0)
        {
            diskEntries.RemoveAll(e => e.Index >= done.Entries[0].Index);
            diskEntries.AddRange(done.Entries);
        }

        writing.RemoveAt(0);
        Sent.AddRange(held.Where(h => h.After <= done.Sequence).Select(h => (PlaceOf(h.To), h.Message)));
        held.RemoveAll(h => h.After <= done.Sequence);
        Core.Step(new Persisted(done.Sequence), default, this);
        for (var i = 0; i < writing.Count; i++)
            writing[i] = writing[i] with { Sequence = writing[i].Sequence - done.Sequence };
        for (var i = 0; i < held.Count; i++)
            held[i] = held[i] with { After = held[i].After - done.Sequence };
    }

    public void Send(NodeId to, RaftMessage message, long afterPersist)
    {
        var number = messages.NumberOf(message);
        var early = bounds.Bug == PlantedBug.EarlyAcknowledgement && message is AppendReply;
        if (afterPersist == 0 || early)
            Sent.Add((PlaceOf(to), number));
        // What is sent twice is there once, as in the network, and leaves with the first write that it waits for.
        else if (!held.Exists(h => h.To == to && h.Message == number && h.After <= afterPersist))
            held.Add((to, number, afterPersist));
    }

    public void Persist(RaftPersist request) => writing.Add(request);

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

    public void Write(ByteWriter writer)
    {
        Core.WriteCanonical(writer);
        Write(writer, diskHardState);
        Write(writer, diskEntries);
        writer.WriteVarInt(writing.Count);
        foreach (var write in writing)
        {
            writer.WriteVarInt(write.Sequence);
            writer.WriteBool(write.HardState.HasValue);
            Write(writer, write.HardState ?? default);
            Write(writer, write.Entries);
        }

        writer.WriteVarInt(held.Count);
        foreach (var (to, message, after) in held.Order())
        {
            writer.WriteUInt64(to.Value);
            writer.WriteVarInt(message);
            writer.WriteVarInt(after);
        }
    }

    public ModelServer Read(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        Core = RaftCore.ReadCanonical(Self, Options, ref reader);
        diskHardState = ReadHardState(ref reader);
        diskEntries = ReadEntries(ref reader);
        for (var left = reader.ReadVarInt(); left > 0; left--)
        {
            var sequence = reader.ReadVarInt();
            var has = reader.ReadBool();
            var hardState = ReadHardState(ref reader);
            writing.Add(new RaftPersist(sequence, has ? hardState : null, ReadEntries(ref reader), null));
        }

        for (var left = reader.ReadVarInt(); left > 0; left--)
            held.Add((new NodeId(reader.ReadUInt64()), (int)reader.ReadVarInt(), reader.ReadVarInt()));
        reader.ExpectEnd();
        return this;
    }

    private static int PlaceOf(NodeId id) => (int)id.Value - 1;

    private static void Write(ByteWriter writer, IReadOnlyList<Entry> entries)
    {
        writer.WriteVarInt(entries.Count);
        foreach (var entry in entries)
        {
            writer.WriteVarInt(entry.Index);
            writer.WriteVarInt(entry.Term);
            writer.WriteByte((byte)entry.Kind);
            writer.WriteBytes(entry.Payload.Span);
        }
    }

    private static List<Entry> ReadEntries(ref ByteReader reader)
    {
        var entries = new List<Entry>();
        for (var left = reader.ReadVarInt(); left > 0; left--)
        {
            var index = reader.ReadVarInt();
            entries.Add(new Entry(reader.ReadVarInt(), index, (EntryKind)reader.ReadByte(), reader.ReadBytes().ToArray()));
        }

        return entries;
    }

    private static void Write(ByteWriter writer, HardState state)
    {
        writer.WriteVarInt(state.Term);
        writer.WriteUInt64(state.VotedFor.Value);
    }

    private static HardState ReadHardState(ref ByteReader reader) => new(reader.ReadVarInt(), new NodeId(reader.ReadUInt64()));
}
