namespace Quorate.Interop.Disks;

/// <summary>Changes one bit of a file, as a disk that rots does.</summary>
internal static class BitFlip
{
    private const byte Bit = 0x10;

    /// <summary>In a file that nobody writes: somewhere from this part of what was written on.</summary>
    /// <param name="file">The file.</param>
    /// <param name="part">0 for its beginning, up to 1 for its end.</param>
    public static void AtRest(string file, double part)
    {
        // Batches are padded with zeros that nothing depends on, so the byte is one that is not zero.
        var bytes = File.ReadAllBytes(file);
        var from = (int)(Array.FindLastIndex(bytes, b => b != 0) * part);
        bytes[Array.FindIndex(bytes, from, b => b != 0)] ^= Bit;
        File.WriteAllBytes(file, bytes);
    }

    /// <summary>In a file that a process has open.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Which byte.</param>
    public static void InPlace(string file, long offset)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        stream.Position = offset;
        var old = stream.ReadByte();
        stream.Position = offset;
        stream.WriteByte((byte)(old ^ Bit));
    }
}
