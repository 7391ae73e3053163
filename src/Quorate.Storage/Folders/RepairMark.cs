using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;

namespace Quorate.Storage.Folders;

/// <summary>A file that says that the others in its folder are not to be used any more.</summary>
/// <remarks>
/// Guarantee: once <see cref="WriteAsync"/> is done, every later start finds the mark until <see cref="RemoveAsync"/> is done, also after a
/// crash; that the file is there counts, whatever is in it. Cost: a sync of a file and of the folder. Fails when: the disk does.
/// Source: docs/formats.md, "Mark of repair".
/// </remarks>
public static class RepairMark
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "quorate.repair";

    private const uint Magic = 0x50455251; // "QREP"
    private const uint Version = 1;
    private const int WhyCharsMax = 1000;
    private const int FileBytesMax = 8192;
    private const int ChecksumBytes = sizeof(uint);

    /// <summary>Marks the folder.</summary>
    /// <param name="disk">The disk whose root is the folder.</param>
    /// <param name="why">What is wrong, for who reads it; at most 1,000 characters are kept.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async ValueTask WriteAsync(IDisk disk, string why, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(why);
        await WholeFile.WriteAsync(disk, FileName, Encode(why), cancellationToken);
    }

    /// <summary>Why the folder is marked; null where it is not.</summary>
    /// <param name="disk">The disk whose root is the folder.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async ValueTask<string?> ReadAsync(IDisk disk, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(disk);
        if (!await disk.ExistsAsync(FileName, cancellationToken))
            return null;
        await using var file = await disk.OpenAsync(FileName, OpenMode.Existing, cancellationToken);
        var bytes = new byte[Math.Min(file.Length, FileBytesMax)];
        await file.ReadAsync(0, bytes, cancellationToken);
        return Decode(bytes);
    }

    /// <summary>Takes the mark away.</summary>
    /// <param name="disk">The disk whose root is the folder.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async ValueTask RemoveAsync(IDisk disk, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(disk);
        await disk.DeleteAsync(FileName, cancellationToken);
        await disk.SyncDirectoryAsync("", cancellationToken);
    }

    private static byte[] Encode(string why)
    {
        var writer = new ByteWriter();
        writer.WriteUInt32(Magic);
        writer.WriteUInt32(Version);
        writer.WriteString(why.Length > WhyCharsMax ? why[..WhyCharsMax] : why);
        writer.WriteUInt32(Crc32C.Of(writer.WrittenSpan));
        return writer.ToArray();
    }

    private static string Decode(byte[] bytes)
    {
        const string unreadable = "its mark of repair cannot be read";
        var body = bytes.Length - ChecksumBytes;
        if (body < 0 || BitConverter.ToUInt32(bytes, body) != Crc32C.Of(bytes.AsSpan(0, body)))
            return unreadable;
        try
        {
            var reader = new ByteReader(bytes.AsSpan(0, body));
            return reader.ReadUInt32() == Magic && reader.ReadUInt32() == Version ? reader.ReadString() : unreadable;
        }
        catch (MalformedInputException)
        {
            return unreadable;
        }
    }
}
