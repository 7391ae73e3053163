using System.Buffers.Binary;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;

namespace Quorate.Cli.Lab.Delivery;

/// <summary>Effects on disk: one record each, durable before anybody is told.</summary>
internal sealed class Ledger
{
    private const string File = "ledger";
    private const int RecordBytes = 16;
    private readonly List<long> effects = [];
    private readonly IFile file;
    private long end;

    private Ledger(IFile file) => this.file = file;

    /// <summary>The effects that were found on disk or written since, in order of their places.</summary>
    public IReadOnlyList<long> Effects => effects;

    /// <summary>Opens it and reads what is there; a record that a crash tore is none.</summary>
    public static async Task<Ledger> OpenAsync(IMachine machine)
    {
        var file = await machine.Disk.OpenAsync(File, OpenMode.OpenOrCreate);
        await machine.Disk.SyncDirectoryAsync("");
        var ledger = new Ledger(file);
        var bytes = new byte[file.Length];
        await file.ReadAsync(0, bytes);
        ledger.end = (bytes.Length + RecordBytes - 1) / RecordBytes * RecordBytes;
        for (var at = 0; at + RecordBytes <= bytes.Length; at += RecordBytes)
        {
            var record = bytes.AsSpan(at, RecordBytes);
            if (BinaryPrimitives.ReadUInt32LittleEndian(record[8..]) == Crc32C.Of(record[..8]))
                ledger.effects.Add(BinaryPrimitives.ReadInt64LittleEndian(record));
        }
        return ledger;
    }

    /// <summary>Writes an effect; it is durable when this ends.</summary>
    public async Task AppendAsync(long effect)
    {
        var record = new byte[RecordBytes];
        BinaryPrimitives.WriteInt64LittleEndian(record, effect);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Crc32C.Of(record.AsSpan(0, 8)));
        var at = end;
        end += RecordBytes;
        await file.WriteAndSyncAsync(at, record);
        effects.Add(effect);
    }
}
