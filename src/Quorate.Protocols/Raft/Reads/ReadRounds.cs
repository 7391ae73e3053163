using Quorate.Kernel.Encoding;

namespace Quorate.Protocols.Raft.Reads;

/// <summary>Batches linearizable reads into rounds of confirmation, and derives the leader's lease from the same rounds.</summary>
/// <remarks>
/// Thesis, section 6.4: the leader saves its commit index, waits until a majority acknowledges a round of heartbeats sent after that, and
/// then knows that the index was current when the read came. Section 6.4.1: the lease counts from when the confirmed round was sent.
/// </remarks>
internal sealed class ReadRounds
{
    /// <summary>The most reads that may wait; beyond it a read is refused.</summary>
    public const int ReadsMax = 1 << 16;
    private const int RoundsMax = 1024;

    private readonly Queue<(long Round, TimeSpan SentAt)> sent = new();
    private List<ulong> waiting = [];
    private List<ulong> confirming = [];
    private long confirmingRound;

    /// <summary>The number of the last round that began; each message of the leader carries it.</summary>
    public long Round { get; private set; }

    /// <summary>The commit index when the reads under confirmation joined their round.</summary>
    public long ConfirmingIndex { get; private set; }

    /// <summary>When the last confirmed round was sent; null before the first.</summary>
    public TimeSpan? ConfirmedAt { get; private set; }

    /// <summary>Whether reads wait, and no round is under way for others.</summary>
    public bool WantsRound => waiting.Count > 0 && confirming.Count == 0;

    /// <summary>Adds a read; false when too many wait.</summary>
    /// <param name="requestId">The read.</param>
    public bool Add(ulong requestId)
    {
        if (waiting.Count >= ReadsMax)
            return false;
        waiting.Add(requestId);
        return true;
    }

    /// <summary>Begins a round; reads that wait join it if none is under way for others.</summary>
    /// <param name="now">The time, before any message of the round is sent.</param>
    /// <param name="commitIndex">The commit index, or null while the term's first entry is not committed: then no read joins.</param>
    public void Begin(TimeSpan now, long? commitIndex)
    {
        Round++;
        if (sent.Count < RoundsMax)
            sent.Enqueue((Round, now));
        if (!WantsRound || commitIndex is not { } index)
            return;
        (waiting, confirming) = (confirming, waiting);
        confirmingRound = Round;
        ConfirmingIndex = index;
    }

    /// <summary>Takes the news that a quorum acknowledged a round; returns the reads that may be answered at <see
    /// cref="ConfirmingIndex"/>.</summary>
    /// <param name="round">The round.</param>
    public IReadOnlyList<ulong> Confirm(long round)
    {
        while (sent.Count > 0 && sent.Peek().Round <= round)
            ConfirmedAt = sent.Dequeue().SentAt;
        if (confirming.Count == 0 || round < confirmingRound)
            return [];
        var answered = confirming;
        confirming = [];
        return answered;
    }

    /// <summary>Takes out every read, unanswered.</summary>
    public IReadOnlyList<ulong> Abandon()
    {
        ulong[] all = [.. confirming, .. waiting];
        confirming.Clear();
        waiting.Clear();
        return all;
    }

    /// <summary>Writes the state without times.</summary>
    public void WriteCanonical(ByteWriter writer)
    {
        writer.WriteVarInt(Round);
        writer.WriteVarInt(confirmingRound);
        writer.WriteVarInt(ConfirmingIndex);
        Write(writer, waiting);
        Write(writer, confirming);
    }

    /// <summary>Reads what <see cref="WriteCanonical"/> wrote.</summary>
    public static ReadRounds ReadCanonical(ref ByteReader reader)
    {
        var rounds = new ReadRounds
        {
            Round = reader.ReadVarInt(),
            confirmingRound = reader.ReadVarInt(),
            ConfirmingIndex = reader.ReadVarInt(),
        };
        Read(ref reader, rounds.waiting);
        Read(ref reader, rounds.confirming);
        return rounds;
    }

    private static void Write(ByteWriter writer, List<ulong> requests)
    {
        writer.WriteVarUInt((ulong)requests.Count);
        foreach (var request in requests)
            writer.WriteVarUInt(request);
    }

    private static void Read(ref ByteReader reader, List<ulong> requests)
    {
        for (var left = reader.ReadCount(); left > 0; left--)
            requests.Add(reader.ReadVarUInt());
    }
}
