using Quorate.Kernel.Encoding;

namespace Quorate.Services.Coordination.Values;

/// <summary>What a live version holds beside its revision and its value, as it is written before the value.</summary>
/// <param name="Create">The revision that created the key.</param>
/// <param name="Number">How often the key was written since then.</param>
/// <param name="Lease">The lease that the key hangs on, or 0.</param>
/// <param name="ValueBytes">How long the value is.</param>
/// <param name="Bytes">How long this header is.</param>
internal readonly record struct VersionHeader(long Create, long Number, long Lease, int ValueBytes, int Bytes)
{
    /// <summary>No header is longer: four numbers of at most ten bytes.</summary>
    public const int BytesMax = 40;

    /// <summary>Writes a header.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="main">The version's revision.</param>
    /// <param name="details">What to write.</param>
    public static void Write(ByteWriter writer, long main, in VersionDetails details)
    {
        writer.WriteVarUInt((ulong)(main - details.Create));
        writer.WriteVarUInt((ulong)details.Number);
        writer.WriteVarInt(details.Lease);
        writer.WriteVarUInt((ulong)details.Value.Length);
    }

    /// <summary>Reads a header.</summary>
    /// <param name="main">The version's revision.</param>
    /// <param name="bytes">The header, and what follows it.</param>
    public static VersionHeader Read(long main, ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var create = main - (long)reader.ReadVarUInt();
        var number = (long)reader.ReadVarUInt();
        var lease = reader.ReadVarInt();
        var valueBytes = (int)reader.ReadVarUInt();
        return new VersionHeader(create, number, lease, valueBytes, reader.Position);
    }
}
