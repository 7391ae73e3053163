using System.Buffers.Binary;

namespace Quorate.Services.Dns.Wire;

/// <summary>Writes messages, names compressed, within a bound. One writer writes one message at a time.</summary>
/// <remarks>Source: RFC 1035, section 4.1.4 (compression); RFC 2181, section 9 (truncation).</remarks>
internal sealed class MessageWriter
{
    private const int PointerMax = 0x3fff;
    private const int EdnsBytes = 11;
    private readonly byte[] buffer = new byte[DnsMessage.BytesMax];
    private readonly Dictionary<uint, int> names = [];
    private int length;
    private int limit;
    private bool isFull;

    /// <summary>
    /// Writes a message. Where answers or authorities do not fit, it has none, and says that it is truncated; additional records that do not fit
    /// are left out.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="bytesMax">The most bytes that it may take.</param>
    /// <returns>The bytes: valid until the next message.</returns>
    public ReadOnlyMemory<byte> Write(DnsMessage message, int bytesMax)
    {
        var reserved = message.Edns is { } edns ? EdnsBytes + edns.Options.Sum(o => o.Value.Length + (2 * sizeof(ushort))) : 0;
        limit = Math.Min(bytesMax, buffer.Length) - reserved;
        Restart();
        foreach (var question in message.Questions)
            WriteQuestion(question);
        var afterQuestions = length;
        Span<int> counts = stackalloc int[4];
        counts[0] = message.Questions.Count;
        var fits = TryWriteAll(message.Answers) && TryWriteAll(message.Authorities);
        if (fits)
            (counts[1], counts[2], counts[3]) = (message.Answers.Count, message.Authorities.Count, WriteWhatFits(message.Additionals));
        else
            length = afterQuestions;
        limit = buffer.Length;
        isFull = false;
        if (message.Edns is not null)
        {
            WriteEdns(message.Edns, message.Code);
            counts[3]++;
        }

        WriteHeader(fits ? message : message with { IsTruncated = true }, counts);
        return buffer.AsMemory(0, length);
    }

    private void Restart()
    {
        names.Clear();
        length = DnsMessage.HeaderBytes;
        isFull = false;
    }

    private void WriteHeader(DnsMessage message, ReadOnlySpan<int> counts)
    {
        Put(0, message.Id);
        Put(2, MessageHeader.FlagsOf(message));
        for (var i = 0; i < counts.Length; i++)
            Put(4 + (2 * i), (ushort)counts[i]);
    }

    private bool TryWriteAll(IReadOnlyList<DnsRecord> records)
    {
        foreach (var record in records)
            WriteRecord(record);
        return !isFull;
    }

    private int WriteWhatFits(IReadOnlyList<DnsRecord> records)
    {
        for (var i = 0; i < records.Count; i++)
        {
            var before = length;
            WriteRecord(records[i]);
            if (!isFull)
                continue;
            length = before;
            return i;
        }

        return records.Count;
    }

    private void WriteQuestion(DnsQuestion question)
    {
        WriteName(question.Name, compress: true);
        WriteUInt16((ushort)question.Type);
        WriteUInt16(question.Class);
    }

    private void WriteRecord(DnsRecord record)
    {
        WriteName(record.Name, compress: true);
        WriteUInt16((ushort)record.Type);
        WriteUInt16(record.Class);
        WriteUInt32(record.TtlSeconds);
        var start = length;
        WriteUInt16(0);
        WriteData(record.Data);
        if (!isFull)
            Put(start, (ushort)(length - start - sizeof(ushort)));
    }

    private void WriteData(RecordData data)
    {
        switch (data)
        {
            case AddressData address:
                Span<byte> bytes = stackalloc byte[16];
                address.Address.TryWriteBytes(bytes, out var size);
                WriteRaw(bytes[..size]);
                break;
            case NameData name:
                WriteName(name.Name, compress: true);
                break;
            case ServiceData service:
                WriteUInt16(service.Priority);
                WriteUInt16(service.Weight);
                WriteUInt16(service.Port);
                // RFC 2782: "name compression is not to be used for this field."
                WriteName(service.Target, compress: false);
                break;
            case TextData texts:
                foreach (var text in texts.Texts)
                {
                    WriteRaw([checked((byte)text.Length)]);
                    WriteRaw(text.Span);
                }

                break;
            case ZoneStartData start:
                WriteZoneStart(start);
                break;
            case OtherData other:
                WriteRaw(other.Bytes.Span);
                break;
        }
    }

    private void WriteZoneStart(ZoneStartData start)
    {
        WriteName(start.Server, compress: true);
        WriteName(start.Mailbox, compress: true);
        WriteUInt32(start.Serial);
        WriteUInt32(start.RefreshSeconds);
        WriteUInt32(start.RetrySeconds);
        WriteUInt32(start.ExpireSeconds);
        WriteUInt32(start.NegativeTtlSeconds);
    }

    private void WriteEdns(Edns edns, ResponseCode code)
    {
        WriteRaw([0]);
        WriteUInt16((ushort)RecordType.OPT);
        WriteUInt16((ushort)edns.PayloadBytes);
        WriteUInt32(((uint)code >> 4 << 24) | ((uint)edns.Version << 16) | (edns.DnssecOk ? 1u << 15 : 0));
        WriteUInt16((ushort)edns.Options.Sum(o => o.Value.Length + (2 * sizeof(ushort))));
        foreach (var option in edns.Options)
        {
            WriteUInt16(option.Code);
            WriteUInt16((ushort)option.Value.Length);
            WriteRaw(option.Value.Span);
        }
    }

    /// <summary>Writes a name up to what stands in the message already, and a pointer to that.</summary>
    private void WriteName(DomainName name, bool compress)
    {
        for (var label = 0; label < name.LabelCount; label++)
        {
            var hash = name.SuffixHash(label);
            if (names.TryGetValue(hash, out var at))
            {
                if (compress && IsAt(name, label, at))
                {
                    WriteUInt16((ushort)(0xc000 | at));
                    return;
                }
            }
            else if (length <= PointerMax && !isFull)
            {
                names.Add(hash, length);
            }

            WriteRaw(name.Wire.Slice(name.StartOf(label), name.Label(label).Length + 1));
        }

        WriteRaw([0]);
    }

    /// <summary>Whether a name stands at a place, from a label on: two names may have one hash.</summary>
    private bool IsAt(DomainName name, int label, int at)
    {
        // What was given back when a record did not fit is no longer there.
        if (at >= length)
            return false;
        for (; label <= name.LabelCount; label++)
        {
            while ((buffer[at] & 0xc0) == 0xc0)
                at = ((buffer[at] & 0x3f) << 8) | buffer[at + 1];
            if (label == name.LabelCount)
                return buffer[at] == 0;
            var part = name.Wire.Slice(name.StartOf(label), name.Label(label).Length + 1);
            if (!DomainName.SameIgnoringCase(part, buffer.AsSpan(at, Math.Min(part.Length, buffer.Length - at))))
                return false;
            at += part.Length;
        }

        return false;
    }

    private void WriteUInt16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        WriteRaw(bytes);
    }

    private void WriteUInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        WriteRaw(bytes);
    }

    private void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        if (isFull || bytes.Length > limit - length)
        {
            isFull = true;
            return;
        }

        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    private void Put(int offset, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(offset), value);
}
