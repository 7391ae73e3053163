using Quorate.Services.Dns.Serving;
using Quorate.Services.Dns.Wire;
using Quorate.Tests.Services.Dns.Wire;

namespace Quorate.Tests.Services.Dns.Serving;

public sealed class QueryResponderTests
{
    private readonly FixedZone zone = new();
    private readonly QueryResponder responder;

    public QueryResponderTests()
    {
        zone.Add("a.zone.test", "10.0.0.1");
        responder = new QueryResponder(zone, 1232);
    }

    [Fact]
    public void An_answer_is_authoritative_and_repeats_number_question_and_RD_bit_for_bit()
    {
        var query = Query("A.zOne.test");
        var bytes = Bytes(query);
        var response = responder.Respond(bytes, isDatagram: true).ToArray();
        Assert.Equal(bytes[..2], response[..2]);
        Assert.Equal(bytes[12..^11], response[12..(12 + bytes.Length - 12 - 11)]);
        Assert.True(MessageReader.Read(response) is { IsResponse: true, IsAuthoritative: true, RecursionDesired: true, RecursionAvailable: false, Answers.Count: 1, Edns: { PayloadBytes: 1232, Version: 0 } });
        Assert.Null(Ask(query with { Edns = null }).Edns);
    }

    [Fact]
    public void A_name_that_is_not_there_is_told_from_one_without_such_records_RFC_2308()
    {
        var nothing = Ask(Query("b.zone.test"));
        Assert.True(nothing is { Code: ResponseCode.NameError, IsAuthoritative: true, Answers.Count: 0 });
        var empty = Ask(Query("a.zone.test", RecordType.AAAA));
        Assert.True(empty is { Code: ResponseCode.NoError, IsAuthoritative: true, Answers.Count: 0 });
        foreach (var response in new[] { nothing, empty })
            Assert.Equal(new ZoneStartData(MessageTests.Name("ns.zone.test"), MessageTests.Name("hostmaster.zone.test"), 7, 1, 2, 3, 3), Assert.Single(response.Authorities).Data);
    }

    [Theory]
    [InlineData("example.com", RecordType.A, 1)]
    [InlineData("test", RecordType.SOA, 1)]
    [InlineData(".", RecordType.NS, 1)]
    [InlineData("a.zone.test", RecordType.A, 3)]
    [InlineData("a.zone.test", RecordType.A, 255)]
    [InlineData("zone.test", RecordType.AXFR, 1)]
    [InlineData("zone.test", RecordType.IXFR, 1)]
    public void What_is_not_of_this_zone_is_refused(string name, RecordType type, ushort kind)
    {
        var query = Query(name, type);
        Assert.True(Ask(query with { Questions = [query.Questions[0] with { Class = kind }] }) is { Code: ResponseCode.Refused, IsAuthoritative: false, Answers.Count: 0 });
    }

    [Fact]
    public void Anything_is_answered_with_little_RFC_8482()
    {
        Assert.True(Ask(Query("a.zone.test", RecordType.ANY)) is { Answers: [{ Type: RecordType.HINFO }], Code: ResponseCode.NoError });
        Assert.Equal(ResponseCode.NameError, Ask(Query("b.zone.test", RecordType.ANY)).Code);
    }

    [Fact]
    public void Later_extensions_are_BADVERS_unknown_options_and_flags_are_passed_over_RFC_6891()
    {
        var query = Query("a.zone.test");
        Assert.True(Ask(query with { Edns = Edns.Of(1232) with { Version = 1 } }) is { Code: ResponseCode.BadVersion, Answers.Count: 0, Edns.Version: 0 });
        var unknown = Ask(query with { Edns = new Edns(1232, 0, true, [new EdnsOption(65_001, new byte[] { 1, 2, 3 })]) });
        Assert.True(unknown is { Code: ResponseCode.NoError, Answers.Count: 1, Edns: { DnssecOk: true, Options.Count: 0 } });
    }

    [Fact]
    public void A_client_gets_no_more_than_it_takes_and_512_bytes_without_extensions()
    {
        for (var i = 0; i < 58; i++)
            zone.Add("many.zone.test", $"10.0.1.{i}");
        foreach (var (asked, fits) in new[] { (0, false), (100, false), (512, false), (1000, true), (4096, true) })
        {
            var query = Query("many.zone.test");
            var bytes = responder.Respond(Bytes(query with { Edns = asked == 0 ? null : Edns.Of(asked) }), isDatagram: true);
            Assert.True(bytes.Length <= Math.Max(512, Math.Min(asked, 1232)));
            Assert.Equal(!fits, MessageReader.Read(bytes.Span).IsTruncated);
        }

        Assert.Equal(58, MessageReader.Read(responder.Respond(Bytes(Query("many.zone.test")), isDatagram: false).Span).Answers.Count);
        for (var i = 0; i < 200; i++)
            zone.Add("many.zone.test", $"10.0.2.{i}");
        Assert.True(Ask(Query("many.zone.test") with { Edns = Edns.Of(4096) }) is { IsTruncated: true, Answers.Count: 0 });
    }

    [Fact]
    public void What_is_no_question_gets_its_error_and_a_response_gets_nothing()
    {
        var query = Query("a.zone.test");
        Assert.Equal(ResponseCode.NotImplemented, Ask(query with { Opcode = 5 }).Code);
        Assert.Equal(ResponseCode.FormatError, Ask(query with { Questions = [] }).Code);
        Assert.Equal(ResponseCode.FormatError, Ask(query with { Questions = [query.Questions[0], query.Questions[0]] }).Code);
        Assert.Equal(ResponseCode.FormatError, Ask(query with { Answers = [zone.Start] }).Code);
        var broken = responder.Respond([.. Bytes(query), 0], isDatagram: true);
        Assert.True(MessageReader.Read(broken.Span) is { Code: ResponseCode.FormatError, Id: 77, Questions.Count: 0 });
        Assert.Equal(0, responder.Respond(Bytes(query with { IsResponse = true }), isDatagram: true).Length);
        Assert.Equal(0, responder.Respond(Bytes(query).AsSpan(0, 11), isDatagram: true).Length);
    }

    [Fact]
    public void What_is_old_says_so_and_what_is_too_old_is_not_told_RFC_8914()
    {
        zone.IsStale = true;
        Assert.True(Ask(Query("a.zone.test")) is { Code: ResponseCode.NoError, Answers.Count: 1, Edns.IsStale: true });
        Assert.True(Ask(Query("b.zone.test")) is { Code: ResponseCode.NameError, Edns.IsStale: true });
        Assert.Single(Ask(Query("a.zone.test") with { Edns = null }).Answers);
        zone.IsLost = true;
        Assert.True(Ask(Query("a.zone.test")) is { Code: ResponseCode.ServerFailure, Answers.Count: 0 });
    }

    [Fact]
    public void Whatever_comes_the_answer_is_bounded_and_to_what_was_asked()
    {
        var (messages, random) = (new RandomMessage(5), new Random(6));
        var answered = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var query = i % 3 == 0 ? Query("a.zone.test") : messages.Next() with { IsResponse = i % 7 == 0 };
            var bytes = new MessageWriter().Write(query, DnsMessage.BytesMax).ToArray();
            for (var n = random.Next(5); n > 0; n--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var response = responder.Respond(bytes, isDatagram: true);
            Assert.True(response.Length <= 1232 && (response.Length == 0 || (bytes[2] & 0x80) == 0));
            if (response.Length == 0)
                continue;
            answered++;
            var read = MessageReader.Read(response.Span);
            Assert.True(read.IsResponse && response.Span[..2].SequenceEqual(bytes.AsSpan(0, 2)));
        }

        Assert.True(answered > 20_000);
    }

    private static DnsMessage Query(string name, RecordType type = RecordType.A) =>
        new() { Id = 77, RecursionDesired = true, Questions = [new DnsQuestion(MessageTests.Name(name), type)], Edns = Edns.Of(1232) };

    private static byte[] Bytes(DnsMessage message) => new MessageWriter().Write(message, DnsMessage.BytesMax).ToArray();

    private DnsMessage Ask(DnsMessage query) => MessageReader.Read(responder.Respond(Bytes(query), isDatagram: true).Span);
}
