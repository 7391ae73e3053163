namespace Quorate.Services.Dns.Wire;

/// <summary>A question.</summary>
/// <param name="Name">The name that is asked about.</param>
/// <param name="Type">The type.</param>
/// <param name="Class">The class; 1 is the Internet.</param>
public sealed record DnsQuestion(DomainName Name, RecordType Type, ushort Class = DnsRecord.Internet);

/// <summary>A record.</summary>
/// <param name="Name">Whose record it is.</param>
/// <param name="Type">Its type.</param>
/// <param name="TtlSeconds">How long it may be kept, in seconds.</param>
/// <param name="Data">What it says.</param>
/// <param name="Class">Its class; 1 is the Internet.</param>
public sealed record DnsRecord(DomainName Name, RecordType Type, uint TtlSeconds, RecordData Data, ushort Class = DnsRecord.Internet)
{
    /// <summary>The class of the Internet.</summary>
    public const ushort Internet = 1;
}

/// <summary>An option of the extensions.</summary>
/// <param name="Code">What it is.</param>
/// <param name="Value">Its bytes.</param>
public sealed record EdnsOption(ushort Code, ReadOnlyMemory<byte> Value)
{
    /// <summary>An extended error. Source: RFC 8914.</summary>
    public const ushort ExtendedError = 15;

    /// <summary>Of an extended error: the answer is older than it should be.</summary>
    public const ushort StaleAnswer = 3;
}

/// <summary>The extensions of a message. Source: RFC 6891.</summary>
/// <param name="PayloadBytes">The largest datagram that the sender takes.</param>
/// <param name="Version">The version, of which there is 0.</param>
/// <param name="DnssecOk">Whether signatures are wanted.</param>
/// <param name="Options">The options.</param>
public sealed record Edns(int PayloadBytes, byte Version, bool DnssecOk, IReadOnlyList<EdnsOption> Options)
{
    /// <summary>Extensions without options.</summary>
    /// <param name="payloadBytes">The largest datagram that the sender takes.</param>
    public static Edns Of(int payloadBytes) => new(payloadBytes, 0, false, []);

    /// <summary>Whether they say that an answer is older than it should be (RFC 8914, section 4.4).</summary>
    public bool IsStale => Options.Any(o =>
        o.Code == EdnsOption.ExtendedError && o.Value.Span is [var high, var low, ..] && ((high << 8) | low) == EdnsOption.StaleAnswer);
}

/// <summary>A message: a query or a response. Source: RFC 1035, section 4.1; RFC 6891.</summary>
public sealed record DnsMessage
{
    /// <summary>The bytes of a message's header.</summary>
    public const int HeaderBytes = 12;

    /// <summary>The most bytes of a message.</summary>
    public const int BytesMax = 65_535;

    /// <summary>The most bytes of a datagram without extensions.</summary>
    public const int PlainDatagramBytes = 512;

    /// <summary>The number by which a response is told from others.</summary>
    public ushort Id { get; init; }

    /// <summary>QR: a response, not a query.</summary>
    public bool IsResponse { get; init; }

    /// <summary>What kind of query: 0 is a question.</summary>
    public byte Opcode { get; init; }

    /// <summary>AA: the server has the zone.</summary>
    public bool IsAuthoritative { get; init; }

    /// <summary>TC: more than fits.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>RD: the server shall ask others.</summary>
    public bool RecursionDesired { get; init; }

    /// <summary>RA: the server asks others.</summary>
    public bool RecursionAvailable { get; init; }

    /// <summary>AD: what is said was verified.</summary>
    public bool AuthenticData { get; init; }

    /// <summary>CD: what is said need not be verified.</summary>
    public bool CheckingDisabled { get; init; }

    /// <summary>How it was answered, with the part that the extensions carry.</summary>
    public ResponseCode Code { get; init; }

    /// <summary>The questions; one, but for strange messages.</summary>
    public IReadOnlyList<DnsQuestion> Questions { get; init; } = [];

    /// <summary>The answers.</summary>
    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    /// <summary>Who has the zone, or where it begins.</summary>
    public IReadOnlyList<DnsRecord> Authorities { get; init; } = [];

    /// <summary>What is useful beside, the extensions left out.</summary>
    public IReadOnlyList<DnsRecord> Additionals { get; init; } = [];

    /// <summary>The extensions; null where there are none.</summary>
    public Edns? Edns { get; init; }
}
