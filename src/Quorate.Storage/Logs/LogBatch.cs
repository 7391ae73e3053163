using System.Buffers.Binary;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;

namespace Quorate.Storage.Logs;

/// <summary>The records that one write takes to the disk. Its place in the log is fixed when the first of them is appended.</summary>
internal sealed class LogBatch
{
    public const int RecordHeaderBytes = sizeof(uint);

    private byte[] buffer = new byte[16 << 10];
    private int length;
    private TaskCompletionSource? completion;

    public long Segment { get; private set; }

    public long Offset { get; private set; }

    public long Sequence { get; private set; }

    public int Records { get; private set; }

    /// <summary>The header's checksum, once sealed.</summary>
    public uint Crc { get; private set; }

    public bool IsSealed { get; private set; }

    public int PayloadBytes => length - BatchHeader.Length;

    public int PaddedBytes => (int)LogFormat.Padded(length);

    public int Capacity => buffer.Length;

    public LogPosition End => new(Segment, Offset + length) { Batch = Offset };

    /// <summary>What is written at <see cref="Offset"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, PaddedBytes);

    /// <summary>Done when the batch is durable; faulted when an attempt to make it so failed.</summary>
    /// <remarks>
    /// Not with asynchronous continuations: those of WhenAll and WaitAsync would then leave the strand for the thread pool.
    /// </remarks>
    public Task Durable => (completion ??= new TaskCompletionSource()).Task;

    public void Start(long segment, long offset, long sequence)
    {
        (Segment, Offset, Sequence) = (segment, offset, sequence);
        (length, Records, Crc, IsSealed, completion) = (BatchHeader.Length, 0, 0, false, null);
    }

    /// <summary>The padded size that the batch would have with one more record.</summary>
    public long PaddedWith(int recordBytes) => LogFormat.Padded((long)length + RecordHeaderBytes + recordBytes);

    public LogPosition Add(ReadOnlySpan<byte> record)
    {
        var needed = length + RecordHeaderBytes + record.Length;
        if (LogFormat.Padded(needed) > buffer.Length)
            Array.Resize(ref buffer, (int)LogFormat.Padded(Math.Max(needed, Math.Min(buffer.Length * 2L, 2L << 20))));
        var position = End;
        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(length), record.Length);
        record.CopyTo(buffer.AsSpan(length + RecordHeaderBytes));
        length = needed;
        Records++;
        return position;
    }

    /// <summary>
    /// Closes the batch: header, checksums, zeros in the padding. A sealed batch is written again unchanged after a full disk.
    /// </summary>
    public void Seal(uint previousCrc)
    {
        if (IsSealed)
            return;
        buffer.AsSpan(length, PaddedBytes - length).Clear();
        var payloadCrc = Crc32C.Of(buffer.AsSpan(BatchHeader.Length, PayloadBytes));
        Crc = new BatchHeader(Segment, Sequence, PayloadBytes, Records, payloadCrc, previousCrc, 0).Write(buffer);
        IsSealed = true;
    }

    /// <summary>Takes a batch's payload apart.</summary>
    /// <param name="payload">The payload; its checksum is right.</param>
    /// <param name="records">How many records it holds.</param>
    /// <param name="path">The file, for the error.</param>
    /// <param name="offset">Where the batch begins in it.</param>
    /// <param name="take">Takes each record with its place in the file.</param>
    public static void Split(ReadOnlyMemory<byte> payload, int records, string path, long offset, Action<long, ReadOnlyMemory<byte>> take)
    {
        var at = 0;
        var start = offset + BatchHeader.Length;
        for (var record = 0; record < records; record++)
        {
            var size = payload.Length - at >= RecordHeaderBytes ? BinaryPrimitives.ReadInt32LittleEndian(payload.Span[at..]) : -1;
            if (size < 0 || size > payload.Length - at - RecordHeaderBytes)
                throw new CorruptFileException(path, start + at, $"record {record} of the batch has no sound length");
            take(start + at, payload.Slice(at + RecordHeaderBytes, size));
            at += RecordHeaderBytes + size;
        }

        if (at != payload.Length)
            throw new CorruptFileException(path, start + at, "the batch holds more than its records");
    }

    /// <summary>Hands over those who wait for the batch, if any; later waiters wait for the next attempt.</summary>
    public TaskCompletionSource? TakeWaiters()
    {
        var waiters = completion;
        completion = null;
        return waiters;
    }
}
