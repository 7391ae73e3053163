using System.Net;
using System.Text;
using Quorate.Services.Dns.Wire;

namespace Quorate.Tests.Services.Dns.Wire;

/// <summary>Messages of every kind of record, drawn from a seed, and a text in which two of them can be compared.</summary>
internal sealed class RandomMessage(int seed)
{
    private static readonly string[] Labels = ["a", "orders", "Service", "quorate", "x-1", "instance", "\u0001", "b.c"];
    private readonly Random random = new(seed);

    public DnsMessage Next() => new()
    {
        Id = (ushort)random.Next(65_536),
        IsResponse = Yes(),
        Opcode = (byte)random.Next(16),
        IsAuthoritative = Yes(),
        RecursionDesired = Yes(),
        RecursionAvailable = Yes(),
        AuthenticData = Yes(),
        CheckingDisabled = Yes(),
        Code = (ResponseCode)random.Next(6),
        Questions = Some(2, () => new DnsQuestion(Name(), (RecordType)random.Next(1, 260), (ushort)random.Next(1, 5))),
        Answers = Some(6, Record),
        Authorities = Some(3, Record),
        Additionals = Some(5, Record),
        Edns = Yes() ? new Edns(random.Next(512, 4096), 0, Yes(), Some(3, () => new EdnsOption((ushort)random.Next(100), Bytes(random.Next(20))))) : null,
    };

    public static string Text(DnsMessage message)
    {
        var text = new StringBuilder($"{message.Id} {MessageHeader.FlagsOf(message):x4} {message.Code}");
        foreach (var question in message.Questions)
            text.Append($"\n? {question.Name} {question.Type} {question.Class}");
        foreach (var record in message.Answers.Append(null).Concat(message.Authorities).Append(null).Concat(message.Additionals))
            text.Append(record is null ? "\n--" : $"\n{record.Name} {record.Type} {record.Class} {record.TtlSeconds} {Text(record.Data)}");
        if (message.Edns is { } edns)
            text.Append($"\nedns {edns.PayloadBytes} {edns.Version} {edns.DnssecOk} {string.Join(' ', edns.Options.Select(o => $"{o.Code}={Hex(o.Value)}"))}");
        return text.ToString();
    }

    private static string Text(RecordData data) => data switch
    {
        TextData texts => string.Join(' ', texts.Texts.Select(Hex)),
        OtherData other => Hex(other.Bytes),
        _ => data.ToString(),
    };

    private static string Hex(ReadOnlyMemory<byte> bytes) => $"[{Convert.ToHexString(bytes.Span)}]";

    private DnsRecord Record()
    {
        var type = (RecordType[])[RecordType.A, RecordType.AAAA, RecordType.NS, RecordType.CNAME, RecordType.SOA, RecordType.TXT, RecordType.SRV, (RecordType)99];
        var drawn = type[random.Next(type.Length)];
        return new DnsRecord(Name(), drawn, (uint)random.Next(), Data(drawn), (ushort)random.Next(1, 5));
    }

    private RecordData Data(RecordType type) => type switch
    {
        RecordType.A => new AddressData(new IPAddress(Bytes(4))),
        RecordType.AAAA => new AddressData(new IPAddress(Bytes(16))),
        RecordType.NS or RecordType.CNAME => new NameData(Name()),
        RecordType.SOA => new ZoneStartData(Name(), Name(), (uint)random.Next(), 1, 2, 3, (uint)random.Next()),
        RecordType.TXT => new TextData([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (ReadOnlyMemory<byte>)Bytes(random.Next(256)))]),
        RecordType.SRV => new ServiceData((ushort)random.Next(65_536), (ushort)random.Next(65_536), (ushort)random.Next(65_536), Name()),
        _ => new OtherData(Bytes(random.Next(40))),
    };

    private DomainName Name() => DomainName.Root.Below([.. Enumerable.Range(0, random.Next(6)).Select(_ => Labels[random.Next(Labels.Length)])]);

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private List<T> Some<T>(int max, Func<T> one) => [.. Enumerable.Range(0, random.Next(max + 1)).Select(_ => one())];

    private bool Yes() => random.Next(2) == 0;
}
