using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;

namespace Quorate.Storage.Folders;

/// <summary>The folder that holds everything of one node. A file in it says whose it is.</summary>
/// <remarks>
/// Guarantee: two nodes that claim a folder one after the other get it only when cluster and name are the same; a crash during the
/// first claim leaves the folder unclaimed or claimed, never half.
/// Cost: one small read at each start; one sync of a file and of the folder at the first.
/// Fails when: two processes claim an empty folder at the same instant. Nothing here locks it: the real machine's disk does.
/// Source: docs/formats.md, "Identity of a data folder".
/// </remarks>
public static class DataFolder
{
    /// <summary>The name of the file that says whose the folder is.</summary>
    public const string FileName = "quorate.id";

    /// <summary>The name of its copy: where one of the two is damaged, the other stands and it is written anew.</summary>
    public const string CopyName = FileName + ".copy";

    private const uint Magic = 0x44495551; // "QUID"

    // Version 2 holds the node's identity too. It is written only where that does not follow from the name.
    private const uint Version = 1;
    private const uint VersionWithNode = 2;
    private const int NameBytesMax = 255;
    private const int FileBytesMax = 4096;

    /// <summary>Claims the folder for a node, or confirms that it is the node's already.</summary>
    /// <param name="disk">The disk whose root is the folder.</param>
    /// <param name="expected">Who claims it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The identity in the folder, equal to <paramref name="expected"/>.</returns>
    /// <exception cref="WrongFolderException">It belongs to somebody else.</exception>
    /// <exception cref="CorruptFileException">The identity cannot be read.</exception>
    public static async ValueTask<DataFolderIdentity> ClaimAsync(
        IDisk disk, DataFolderIdentity expected, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var bytes = Encode(expected);
        if (await ReadAsync(disk, cancellationToken) is { } found && found != expected)
            throw new WrongFolderException(expected, found);
        foreach (var name in (string[])[FileName, CopyName])
        {
            if (await TryReadAsync(disk, name, cancellationToken) is not { Identity: not null })
                await WholeFile.WriteAsync(disk, name, bytes, cancellationToken);
        }

        return expected;
    }

    /// <summary>Reads whose the folder is.</summary>
    /// <param name="disk">The disk whose root is the folder.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Null when nobody has claimed it.</returns>
    /// <exception cref="CorruptFileException">The identity cannot be read.</exception>
    public static async ValueTask<DataFolderIdentity?> ReadAsync(IDisk disk, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var first = await TryReadAsync(disk, FileName, cancellationToken);
        var copy = await TryReadAsync(disk, CopyName, cancellationToken);
        if ((first?.Identity ?? copy?.Identity) is not { } identity)
            return (first?.Damage ?? copy?.Damage) is { } damage ? throw damage : null;
        if (copy?.Identity is { } other && other != identity)
            throw new CorruptFileException(CopyName, 0, $"it says {other}, and {FileName} says {identity}");

        // A claim that a killed process left in the page cache is made durable before anybody rests on it.
        await disk.SyncDirectoryAsync("", cancellationToken);
        return identity;
    }

    /// <summary>Reads one of the copies; null where it is not there.</summary>
    private static async ValueTask<(DataFolderIdentity? Identity, CorruptFileException? Damage)?> TryReadAsync(
        IDisk disk, string name, CancellationToken cancellationToken)
    {
        if (!await disk.ExistsAsync(name, cancellationToken))
            return null;
        await using var file = await disk.OpenAsync(name, OpenMode.Existing, cancellationToken);
        if (file.Length > FileBytesMax)
            return (null, new CorruptFileException(name, FileBytesMax, $"it is {file.Length} bytes long"));
        var bytes = new byte[file.Length];
        await file.ReadAsync(0, bytes, cancellationToken);
        await file.SyncAsync(cancellationToken);
        try
        {
            return (Decode(bytes), null);
        }
        catch (MalformedInputException e)
        {
            return (null, new CorruptFileException(name, 0, e.Message));
        }
    }

    private static byte[] Encode(DataFolderIdentity identity)
    {
        ArgumentException.ThrowIfNullOrEmpty(identity.NodeName);
        var writer = new ByteWriter();
        writer.WriteUInt32(Magic);
        var follows = identity.Node == NodeId.FromName(identity.NodeName);
        writer.WriteUInt32(follows ? Version : VersionWithNode);
        writer.WriteUInt64(identity.ClusterId);
        var start = writer.Length;
        writer.WriteString(identity.NodeName);
        if (writer.Length - start > NameBytesMax + 2)
            throw new ArgumentException($"a node's name has at most {NameBytesMax} bytes", nameof(identity));
        if (!follows)
            writer.WriteUInt64(identity.Node.Value);
        writer.WriteUInt32(Crc32C.Of(writer.WrittenSpan));
        return writer.ToArray();
    }

    private static DataFolderIdentity Decode(byte[] bytes)
    {
        var body = Math.Max(bytes.Length - sizeof(uint), 0);
        var check = new ByteReader(bytes.AsSpan(body));
        if (check.ReadUInt32() != Crc32C.Of(bytes.AsSpan(0, body)))
            throw new MalformedInputException("the checksum does not match");
        var reader = new ByteReader(bytes.AsSpan(0, body));
        if (reader.ReadUInt32() is var magic && magic != Magic)
            throw new MalformedInputException($"{magic:x8} is not the magic number of an identity");
        var version = reader.ReadUInt32();
        if (version is < Version or > VersionWithNode)
            throw new MalformedInputException($"format version {version} is not known");
        var identity = new DataFolderIdentity(reader.ReadUInt64(), reader.ReadString());
        if (version == VersionWithNode)
            identity = identity with { Node = new NodeId(reader.ReadUInt64()) };
        reader.ExpectEnd();
        return identity;
    }
}
