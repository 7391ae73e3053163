using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft.Replication;

namespace Quorate.Protocols.Raft;

/// <summary>What a leader keeps of one member.</summary>
internal sealed class Peer(NodeId id, Progress progress)
{
    public NodeId Id { get; } = id;

    public Progress Progress { get; } = progress;

    /// <summary>The last round of confirmation that it acknowledged.</summary>
    public long Round { get; set; }

    /// <summary>When it was last heard.</summary>
    public TimeSpan HeardAt { get; set; } = TimeSpan.MinValue;

    /// <summary>The snapshot that it is being sent, or null.</summary>
    public SnapshotTransfer? Transfer { get; set; }

    /// <summary>Writes the state without times.</summary>
    public void WriteCanonical(ByteWriter writer)
    {
        writer.WriteByte((byte)Progress.State);
        writer.WriteVarInt(Progress.Match);
        writer.WriteVarInt(Progress.Next);
        writer.WriteBool(Progress.ProbeSent);
        writer.WriteVarInt(Progress.CommitSent);
        writer.WriteVarInt(Round);
        writer.WriteVarUInt((ulong)Progress.Inflight.Count);
        for (var i = 0; i < Progress.Inflight.Count; i++)
        {
            writer.WriteVarInt(Progress.Inflight[i].LastIndex);
            writer.WriteVarInt(Progress.Inflight[i].Bytes);
        }

        writer.WriteBool(Transfer is not null);
        Transfer?.WriteCanonical(writer);
    }

    /// <summary>Reads what <see cref="WriteCanonical"/> wrote.</summary>
    public void ReadCanonical(ref ByteReader reader)
    {
        Progress.Restore(
            (ReplicationState)reader.ReadByte(), reader.ReadVarInt(), reader.ReadVarInt(), reader.ReadBool(), reader.ReadVarInt());
        Round = reader.ReadVarInt();
        for (var left = reader.ReadCount(2); left > 0; left--)
            Progress.Inflight.Add(reader.ReadVarInt(), reader.ReadVarInt());
        Transfer = reader.ReadBool() ? SnapshotTransfer.ReadCanonical(ref reader) : null;
    }
}
