using Quorate.Kernel.Encoding;
using Quorate.Services.Dns.Wire;

namespace Quorate.Services.Dns.Serving;

/// <summary>Turns a query into its response: what is asked wrongly or not of this zone gets the error that says so.</summary>
/// <param name="zone">The zone.</param>
/// <param name="payloadBytes">The largest datagram, in bytes.</param>
/// <remarks>Source: RFC 1035, sections 4.1 and 7.3; RFC 2308; RFC 6891; RFC 8482; RFC 8914.</remarks>
internal sealed class QueryResponder(IDnsZone zone, int payloadBytes)
{
    private const byte Standard = 0;

    // What a record of a host's processor says where anything was asked for (RFC 8482, section 4.2).
    private static readonly TextData Minimal = new([("RFC8482"u8.ToArray()), default(ReadOnlyMemory<byte>)]);
    private static readonly EdnsOption Stale = new(EdnsOption.ExtendedError, new byte[] { 0, (byte)EdnsOption.StaleAnswer });
    private readonly MessageWriter writer = new();

    /// <summary>Answers a query.</summary>
    /// <param name="query">The query's bytes.</param>
    /// <param name="isDatagram">Whether the answer must fit a datagram.</param>
    /// <param name="isCut">Whether it shall be empty and truncated, whatever there is to say.</param>
    /// <returns>The response, valid until the next; empty where there is none to give.</returns>
    public ReadOnlyMemory<byte> Respond(ReadOnlySpan<byte> query, bool isDatagram, bool isCut = false)
    {
        // A response to a response could go back and forth for ever.
        if (!MessageHeader.TryRead(query, out var header) || header.Has(MessageHeader.Response))
            return default;
        var (response, room) = ResponseTo(query, header);
        if (isCut)
            response = response with { IsTruncated = true, Answers = [], Authorities = [], Additionals = [] };
        return writer.Write(response, isDatagram ? room : DnsMessage.BytesMax);
    }

    private (DnsMessage Response, int DatagramBytes) ResponseTo(ReadOnlySpan<byte> bytes, MessageHeader header)
    {
        var error = new DnsMessage
        {
            Id = header.Id,
            IsResponse = true,
            Opcode = header.Opcode,
            RecursionDesired = header.Has(MessageHeader.RecursionDesired),
            CheckingDisabled = header.Has(MessageHeader.CheckingDisabled),
        };
        if (header.Opcode != Standard)
            return (error with { Code = ResponseCode.NotImplemented }, DnsMessage.PlainDatagramBytes);
        DnsMessage query;
        try
        {
            query = MessageReader.Read(bytes);
        }
        catch (MalformedInputException)
        {
            return (error with { Code = ResponseCode.FormatError }, DnsMessage.PlainDatagramBytes);
        }

        var response = error with
        {
            Questions = query.Questions,
            Edns = query.Edns is { } asked ? new Edns(payloadBytes, 0, asked.DnssecOk, []) : null,
        };
        return (Decide(query, response), RoomFor(query));
    }

    // A client's bound below 512 counts as 512: RFC 6891, section 6.2.3.
    private int RoomFor(DnsMessage query) => query.Edns is { } edns
        ? Math.Clamp(edns.PayloadBytes, DnsMessage.PlainDatagramBytes, payloadBytes)
        : DnsMessage.PlainDatagramBytes;

    private DnsMessage Decide(DnsMessage query, DnsMessage response)
    {
        if (query.Edns is { Version: > 0 })
            return response with { Code = ResponseCode.BadVersion };
        if (query.Questions is not [var question] || query.Answers.Count > 0)
            return response with { Code = ResponseCode.FormatError };
        if (question.Class != DnsRecord.Internet || question.Type is RecordType.AXFR or RecordType.IXFR
            || !question.Name.IsWithin(zone.Apex))
            return response with { Code = ResponseCode.Refused };
        if (question.Type == RecordType.OPT)
            return response with { Code = ResponseCode.FormatError };
        return Answer(question, response);
    }

    private DnsMessage Answer(DnsQuestion question, DnsMessage response)
    {
        var isAny = question.Type == RecordType.ANY;
        var answer = zone.Answer(question.Name, isAny ? RecordType.HINFO : question.Type);
        if (answer.IsLost)
            return WithStale(response with { Code = ResponseCode.ServerFailure });
        if (answer.IsStale)
            response = WithStale(response);
        response = response with { IsAuthoritative = true };
        if (isAny && answer.Exists)
            return response with { Answers = [new DnsRecord(question.Name, RecordType.HINFO, zone.Start.TtlSeconds, Minimal)] };
        return answer.Records.Count > 0
            ? response with { Answers = answer.Records, Additionals = answer.Additionals }
            : response with { Code = answer.Exists ? ResponseCode.NoError : ResponseCode.NameError, Authorities = [zone.Start] };
    }

    private static DnsMessage WithStale(DnsMessage response) =>
        response.Edns is { } edns ? response with { Edns = edns with { Options = [Stale] } } : response;
}
