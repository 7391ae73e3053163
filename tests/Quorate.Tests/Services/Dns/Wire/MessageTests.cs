using System.Net;
using System.Text;
using Quorate.Kernel.Encoding;
using Quorate.Services.Dns.Wire;

namespace Quorate.Tests.Services.Dns.Wire;

public sealed class MessageTests
{
    private const string GoldenQuery = "1234 0100 0001 0000 0000 0001  06 6f7264657273 07 73657276696365 07 71756f72617465 00 0021 0001  00 0029 04d0 00000000 0000";

    [Fact]
    public void A_query_has_the_bytes_of_RFC_1035_section_4_1_and_RFC_6891_section_6_1_2()
    {
        var query = new DnsMessage
        {
            Id = 0x1234,
            RecursionDesired = true,
            Questions = [new DnsQuestion(Name("orders.service.quorate"), RecordType.SRV)],
            Edns = Edns.Of(1232),
        };
        Assert.Equal(Hex(GoldenQuery), Write(query));
        Assert.Equal(RandomMessage.Text(query), RandomMessage.Text(MessageReader.Read(Hex(GoldenQuery))));
    }

    [Fact]
    public void Names_are_compressed_as_in_the_example_of_RFC_1035_section_4_1_4()
    {
        // F.ISI.ARPA, FOO.F.ISI.ARPA, ARPA and the root; the first stands at 20 there, here at 12.
        DomainName[] names = [Name("F.ISI.ARPA"), Name("FOO.F.ISI.ARPA"), Name("ARPA"), DomainName.Root];
        var bytes = Write(new DnsMessage { Questions = [.. names.Select(n => new DnsQuestion(n, RecordType.A))] });
        Assert.Equal(
            Hex("0000 0000 0004 0000 0000 0000  01 46 03 495349 04 41525041 00 0001 0001  03 464f4f c00c 0001 0001  c012 0001 0001  00 0001 0001"),
            bytes);
        Assert.Equal(names, MessageReader.Read(bytes).Questions.Select(q => q.Name));
    }

    [Fact]
    public void The_target_of_a_service_is_not_compressed_but_read_when_it_is()
    {
        var record = new DnsRecord(Name("s.zone"), RecordType.SRV, 1, new ServiceData(1, 2, 3, Name("a.s.zone")));
        var bytes = Write(new DnsMessage { Answers = [record] });
        // RFC 2782: "name compression is not to be used for this field."
        Assert.EndsWith("0161017304" + Convert.ToHexStringLower("zone"u8) + "00", Convert.ToHexStringLower(bytes), StringComparison.Ordinal);
        var compressed = Hex("0000 8000 0000 0001 0000 0000  01 73 04 7a6f6e65 00 0021 0001 00000001 000a 0001 0002 0003 01 61 c00c");
        Assert.Equal(RandomMessage.Text(MessageReader.Read(bytes) with { IsResponse = true }), RandomMessage.Text(MessageReader.Read(compressed)));
    }

    [Theory]
    [InlineData("c00c", "a pointer to itself")]
    [InlineData("c00e 00", "a pointer ahead")]
    [InlineData("c002", "a pointer into the header")]
    [InlineData("01 61 c00c", "a loop")]
    [InlineData("40", "a label of a kind that is not there")]
    [InlineData("81 61", "a label of another kind that is not there")]
    [InlineData("05 6161", "a label beyond the end")]
    [InlineData("c0", "half a pointer")]
    [InlineData("", "nothing")]
    public void A_name_that_does_not_end_is_refused(string name, string what)
    {
        var message = Hex($"0000 0000 0001 0000 0000 0000 {name}");
        Assert.True(Assert.ThrowsAny<MalformedInputException>(() => MessageReader.Read(message)).Message.Length > 0, what);
        Assert.ThrowsAny<MalformedInputException>(() => MessageReader.Read([.. message, 0, 1, 0, 1]));
    }

    [Fact]
    public void A_name_of_256_bytes_and_a_chain_of_33_pointers_are_refused()
    {
        var label = Convert.ToHexString([63, .. Enumerable.Repeat((byte)'a', 63)]);
        Assert.ThrowsAny<MalformedInputException>(() => MessageReader.Read(Hex($"0000 0000 0001 0000 0000 0000 {label}{label}{label}{label}00 0001 0001")));
        Assert.Single(MessageReader.Read(Hex($"0000 0000 0001 0000 0000 0000 {label}{label}{label}3d{string.Concat(Enumerable.Repeat("61", 61))}00 0001 0001")).Questions);
        Assert.Equal(33, MessageReader.Read(Chain(32)).Questions.Count);
        Assert.ThrowsAny<MalformedInputException>(() => MessageReader.Read(Chain(33)));

        // Each question's name is a pointer to the one before it.
        static byte[] Chain(int pointers)
        {
            var text = new StringBuilder($"0000 0000 {pointers + 1:x4} 0000 0000 0000 00 0001 0001");
            for (var i = 0; i < pointers; i++)
                text.Append($" {0xc000 | (i == 0 ? 12 : 17 + (6 * (i - 1))):x4} 0001 0001");
            return Hex(text.ToString());
        }
    }

    [Theory]
    [InlineData("0000 0000 0000 0000 0000 0002  00 0029 04d0 00000000 0000  00 0029 04d0 00000000 0000", "two extensions (RFC 6891, section 6.1.1)")]
    [InlineData("0000 0000 0000 0000 0000 0001  01 61 00 0029 04d0 00000000 0000", "extensions with a name")]
    [InlineData("0000 0000 0000 0001 0000 0000  00 0029 04d0 00000000 0000", "extensions among the answers")]
    [InlineData("0000 0000 0000 0000 0000 0001  00 0029 04d0 00000000 0004 0003 0005", "an option longer than the extensions")]
    [InlineData("0000 0000 0000 0001 0000 0000  00 0001 0001 00000000 0005 0102030405", "an address of five bytes")]
    [InlineData("0000 0000 0000 0001 0000 0000  00 0001 0001 00000000 0004 010203", "an address that is cut off")]
    [InlineData("0000 0000 0000 0001 0000 0000  00 0010 0001 00000000 0000", "texts without a text")]
    [InlineData("0000 0000 0000 0001 0000 0000  00 0010 0001 00000000 0002 0561", "a text longer than its record")]
    [InlineData("0000 0000 0000 0000 0000 0000  00", "a byte left over")]
    [InlineData("0000 0000 ffff ffff ffff ffff", "counts without what they count")]
    [InlineData("0000 0000 0000 0000 0000", "half a header")]
    public void What_does_not_fit_is_refused(string bytes, string what) =>
        Assert.True(Assert.ThrowsAny<MalformedInputException>(() => MessageReader.Read(Hex(bytes))).Message.Length > 0, what);

    [Fact]
    public void A_TTL_with_its_highest_bit_set_is_zero() => Assert.Equal(
        0u, MessageReader.Read(Hex("0000 0000 0000 0001 0000 0000  00 0001 0001 80000001 0004 01020304")).Answers[0].TtlSeconds);

    [Fact]
    public void What_is_written_is_read_and_written_the_same()
    {
        var random = new RandomMessage(1);
        for (var i = 0; i < 5000; i++)
        {
            var message = random.Next();
            var bytes = Write(message);
            var read = MessageReader.Read(bytes);
            Assert.Equal(RandomMessage.Text(message), RandomMessage.Text(read));
            Assert.Equal(bytes, Write(read));
        }
    }

    [Fact]
    public void Random_and_changed_bytes_are_read_or_refused()
    {
        var (messages, random) = (new RandomMessage(2), new Random(3));
        var (read, refused) = (0, 0);
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = i % 2 == 0 ? Write(messages.Next()) : new byte[random.Next(200)];
            if (i % 2 != 0)
                random.NextBytes(bytes);
            for (var n = random.Next(4); n > 0 && bytes.Length > 0; n--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
                bytes = bytes[..random.Next(bytes.Length + 1)];
            try
            {
                MessageReader.Read(bytes);
                read++;
            }
            catch (MalformedInputException)
            {
                refused++;
            }
        }

        Assert.True(read > 5000 && refused > 5000, $"{read} read, {refused} refused");
    }

    [Fact]
    public void What_does_not_fit_is_cut_whole_and_says_so()
    {
        DnsRecord[] answers = [.. Enumerable.Range(0, 100).Select(i => new DnsRecord(Name("s.zone"), RecordType.A, 0, new AddressData(new IPAddress([10, 0, 0, (byte)i]))))];
        var message = new DnsMessage { IsResponse = true, Questions = [new DnsQuestion(Name("s.zone"), RecordType.A)], Answers = answers, Edns = Edns.Of(1232) };
        var cut = MessageReader.Read(new MessageWriter().Write(message, 512).Span);
        Assert.True(cut is { IsTruncated: true, Answers.Count: 0, Questions.Count: 1, Edns: not null });
        var whole = MessageReader.Read(new MessageWriter().Write(message, DnsMessage.BytesMax).Span);
        Assert.True(whole is { IsTruncated: false, Answers.Count: 100 });

        // RFC 2181, section 9: what is only useful beside is left out without a word.
        var beside = message with { Answers = [answers[0]], Additionals = answers };
        var bytes = new MessageWriter().Write(beside, 512);
        var partly = MessageReader.Read(bytes.Span);
        Assert.True(bytes.Length is > 490 and <= 512 && partly is { IsTruncated: false, Answers.Count: 1, Additionals.Count: > 20 and < 100 });
    }

    [Fact]
    public void As_many_services_as_a_zone_tells_fit_one_message_with_the_longest_names()
    {
        var zone = Name($"{new string('z', 63)}.{new string('y', 33)}");
        var (service, label) = (zone.Below(new string('s', 63)), new string('i', 60));
        DnsRecord[] all = [.. Enumerable.Range(0, new Quorate.Services.Discovery.Zones.DiscoveryZoneOptions().RecordsMax).Select(i => new DnsRecord(
            service, RecordType.SRV, 1, new ServiceData(1, 1, 1, zone.Below($"{label}{i:d3}", new string('s', 63), "instance"))))];
        var message = new DnsMessage { Questions = [new DnsQuestion(service, RecordType.SRV)], Answers = all, Edns = Edns.Of(1232) };
        Assert.True(MessageReader.Read(Write(message)) is { IsTruncated: false, Answers.Count: 250 });
    }

    internal static DomainName Name(string text) => DomainName.Parse(text);

    internal static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    private static byte[] Write(DnsMessage message) => new MessageWriter().Write(message, DnsMessage.BytesMax).ToArray();
}
