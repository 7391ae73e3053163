using System.Net;
using Quorate.Kernel.Encoding;

namespace Quorate.Services.Dns.Wire;

/// <summary>Reads messages. Input is never trusted: what is read is bounded by what came.</summary>
internal static class MessageReader
{
    private const uint DnssecOkBit = 1 << 15;

    /// <summary>Reads a message, to its last byte.</summary>
    /// <param name="bytes">The message.</param>
    /// <exception cref="MalformedInputException">It is none.</exception>
    public static DnsMessage Read(ReadOnlySpan<byte> bytes)
    {
        if (!MessageHeader.TryRead(bytes, out var header))
            throw new MalformedInputException($"a message of {bytes.Length} bytes has no header");
        var cursor = new WireCursor(bytes);
        Edns? edns = null;
        var extension = 0;
        var message = new DnsMessage
        {
            Id = header.Id,
            IsResponse = header.Has(MessageHeader.Response),
            Opcode = header.Opcode,
            IsAuthoritative = header.Has(MessageHeader.Authoritative),
            IsTruncated = header.Has(MessageHeader.Truncated),
            RecursionDesired = header.Has(MessageHeader.RecursionDesired),
            RecursionAvailable = header.Has(MessageHeader.RecursionAvailable),
            AuthenticData = header.Has(MessageHeader.AuthenticData),
            CheckingDisabled = header.Has(MessageHeader.CheckingDisabled),
            Questions = ReadQuestions(ref cursor, header.Questions),
            Answers = ReadRecords(ref cursor, header.Answers),
            Authorities = ReadRecords(ref cursor, header.Authorities),
            Additionals = ReadAdditionals(ref cursor, header.Additionals, ref edns, ref extension),
        };
        if (!cursor.AtEnd)
            throw new MalformedInputException($"{bytes.Length - cursor.Position} bytes are left over");
        return message with { Edns = edns, Code = (ResponseCode)((extension << 4) | header.CodeBits) };
    }

    private static List<DnsQuestion> ReadQuestions(ref WireCursor cursor, int count)
    {
        var questions = new List<DnsQuestion>();
        for (var i = 0; i < count; i++)
            questions.Add(new DnsQuestion(cursor.ReadName(), (RecordType)cursor.ReadUInt16(), cursor.ReadUInt16()));
        return questions;
    }

    private static List<DnsRecord> ReadRecords(ref WireCursor cursor, int count)
    {
        var records = new List<DnsRecord>();
        for (var i = 0; i < count; i++)
        {
            var (name, type) = (cursor.ReadName(), (RecordType)cursor.ReadUInt16());
            if (type == RecordType.OPT)
                throw new MalformedInputException("extensions stand among the answers");
            records.Add(ReadRest(ref cursor, name, type));
        }

        return records;
    }

    private static List<DnsRecord> ReadAdditionals(ref WireCursor cursor, int count, ref Edns? edns, ref int extension)
    {
        var records = new List<DnsRecord>();
        for (var i = 0; i < count; i++)
        {
            var (name, type) = (cursor.ReadName(), (RecordType)cursor.ReadUInt16());
            if (type != RecordType.OPT)
            {
                records.Add(ReadRest(ref cursor, name, type));
                continue;
            }

            // RFC 6891, section 6.1.1: "If a query message with more than one OPT RR is received, a FORMERR (RCODE=1) MUST be returned."
            if (edns is not null || name.LabelCount != 0)
                throw new MalformedInputException("a message has one extension at most, whose name is the root");
            edns = ReadEdns(ref cursor, out extension);
        }

        return records;
    }

    private static Edns ReadEdns(ref WireCursor cursor, out int extension)
    {
        var payload = cursor.ReadUInt16();
        var flags = cursor.ReadUInt32();
        extension = (int)(flags >> 24);
        int left = cursor.ReadUInt16();
        var options = new List<EdnsOption>();
        while (left > 0)
        {
            var (code, length) = (cursor.ReadUInt16(), (int)cursor.ReadUInt16());
            left -= length + (2 * sizeof(ushort));
            if (left < 0)
                throw new MalformedInputException($"option {code} is longer than the extensions");
            options.Add(new EdnsOption(code, cursor.ReadRaw(length).ToArray()));
        }

        return new Edns(payload, (byte)(flags >> 16), (flags & DnssecOkBit) != 0, options);
    }

    private static DnsRecord ReadRest(ref WireCursor cursor, DomainName name, RecordType type)
    {
        var (kind, ttl, length) = (cursor.ReadUInt16(), cursor.ReadUInt32(), (int)cursor.ReadUInt16());
        var end = cursor.Position + length;
        var data = ReadData(ref cursor, type, length);
        if (cursor.Position != end)
            throw new MalformedInputException($"a record of type {(ushort)type} has {length} bytes, which do not fit what it says");
        // RFC 2181, section 8: a TTL with its highest bit set is taken for zero.
        return new DnsRecord(name, type, ttl > int.MaxValue ? 0 : ttl, data, kind);
    }

    private static RecordData ReadData(ref WireCursor cursor, RecordType type, int length) => type switch
    {
        RecordType.A => new AddressData(new IPAddress(cursor.ReadRaw(4))),
        RecordType.AAAA => new AddressData(new IPAddress(cursor.ReadRaw(16))),
        RecordType.NS or RecordType.CNAME or RecordType.PTR => new NameData(cursor.ReadName()),
        RecordType.SRV => new ServiceData(cursor.ReadUInt16(), cursor.ReadUInt16(), cursor.ReadUInt16(), cursor.ReadName()),
        RecordType.TXT or RecordType.HINFO => ReadTexts(ref cursor, length),
        RecordType.SOA => new ZoneStartData(
            cursor.ReadName(), cursor.ReadName(), cursor.ReadUInt32(), cursor.ReadUInt32(), cursor.ReadUInt32(), cursor.ReadUInt32(),
            cursor.ReadUInt32()),
        _ => new OtherData(cursor.ReadRaw(length).ToArray()),
    };

    private static TextData ReadTexts(ref WireCursor cursor, int length)
    {
        var texts = new List<ReadOnlyMemory<byte>>();
        for (var left = length; left > 0;)
        {
            var size = cursor.ReadRaw(1)[0];
            left -= size + 1;
            if (left < 0)
                throw new MalformedInputException("a text is longer than its record");
            texts.Add(cursor.ReadRaw(size).ToArray());
        }

        return texts.Count > 0 ? new TextData(texts) : throw new MalformedInputException("a record of texts has none");
    }
}
