using Quorate.Kernel.Encoding;

namespace Quorate.Protocols.Raft;

/// <summary>A snapshot on its way to a follower, one chunk at a time. Section 7 of the paper.</summary>
internal sealed class SnapshotTransfer(long lastIndex, long lastTerm, Configuration configuration)
{
    public long LastIndex { get; } = lastIndex;

    public long LastTerm { get; } = lastTerm;

    public Configuration Configuration { get; } = configuration;

    /// <summary>Where the chunk begins that was sent last.</summary>
    public long Offset { get; set; }

    /// <summary>When that was.</summary>
    public TimeSpan SentAt { get; set; } = TimeSpan.MinValue;

    /// <summary>Writes the state without times.</summary>
    public void WriteCanonical(ByteWriter writer)
    {
        writer.WriteVarInt(LastIndex);
        writer.WriteVarInt(LastTerm);
        Configuration.Write(writer);
        writer.WriteVarInt(Offset);
    }

    /// <summary>Reads what <see cref="WriteCanonical"/> wrote.</summary>
    public static SnapshotTransfer ReadCanonical(ref ByteReader reader) =>
        new(reader.ReadVarInt(), reader.ReadVarInt(), Configuration.Read(ref reader)) { Offset = reader.ReadVarInt() };
}
