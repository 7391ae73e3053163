using System.Net;
using System.Text;
using Quorate.Services.Discovery;
using Quorate.Services.Discovery.Instances;

namespace Quorate.Tests.Services.Discovery;

public sealed class InstanceTextTests
{
    private static readonly ServiceEndpoint Full = new("orders", "a1", IPAddress.Parse("10.0.0.1"), 8080)
    {
        Tags = ["v1", "blue"],
        Metadata = [KeyValuePair.Create("region", "eu"), KeyValuePair.Create("version", "1.2")],
        Priority = 1,
        Weight = 5,
        IsHealthy = false,
        Reason = "tcp: refused",
    };

    [Fact]
    public void The_text_is_frozen()
    {
        Assert.Equal(
            """{"address":"10.0.0.1","port":8080,"tags":["v1","blue"],"metadata":{"region":"eu","version":"1.2"},"priority":1,"weight":5,"healthy":false,"reason":"tcp: refused"}""",
            Encoding.UTF8.GetString(InstanceText.Write(Full)));
        Assert.Equal(
            """{"address":"fd00::1","port":1,"priority":0,"weight":1,"healthy":true}""",
            Encoding.UTF8.GetString(InstanceText.Write(new ServiceEndpoint("s", "i", IPAddress.Parse("fd00::1"), 1))));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        Assert.True(InstanceText.TryRead("orders", "a1", 7, InstanceText.Write(Full), out var read, out _));
        Assert.Equal(Full with { Revision = 7, Tags = read!.Tags, Metadata = read.Metadata }, read);
        Assert.Equal(Full.Tags, read.Tags);
        Assert.Equal(Full.Metadata, read.Metadata);
    }

    [Fact]
    public void Little_is_enough_and_what_is_not_known_is_passed_over()
    {
        Assert.True(InstanceText.TryRead("s", "i", 1, """{"port":80,"address":"::1","later":{"a":[1]}}"""u8, out var read, out _));
        Assert.Equal(new ServiceEndpoint("s", "i", IPAddress.IPv6Loopback, 80) { Revision = 1, Tags = read!.Tags, Metadata = read.Metadata }, read);
        Assert.True(read.IsHealthy);
        Assert.Equal(1, read.Weight);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("[]", "no object")]
    [InlineData("{}", "no address")]
    [InlineData("""{"address":"10.0.0.1"}""", "port")]
    [InlineData("""{"address":"a.example","port":1}""", "no IP address")]
    [InlineData("""{"address":7,"port":1}""", "")]
    [InlineData("""{"address":"7","port":1}""", "no IP address")]
    [InlineData("""{"address":"10.1","port":1}""", "no IP address")]
    [InlineData("""{"address":"fe80::1%2","port":1}""", "no IP address")]
    [InlineData("""{"address":"10.0.0.1","port":"1"}""", "")]
    [InlineData("""{"address":"10.0.0.1","port":65536}""", "port")]
    [InlineData("""{"address":"10.0.0.1","port":1e99}""", "")]
    [InlineData("""{"address":"10.0.0.1","port":1,"weight":-1}""", "weight")]
    [InlineData("""{"address":"10.0.0.1","port":1,"priority":65536}""", "priority")]
    [InlineData("""{"address":"10.0.0.1","port":1,"tags":["A"]}""", "tags")]
    [InlineData("""{"address":"10.0.0.1","port":1,"tags":[null]}""", "null")]
    [InlineData("""{"address":"10.0.0.1","port":1,"tags":"v1"}""", "")]
    [InlineData("""{"address":"10.0.0.1","port":1,"metadata":{"a":"1","a":"2"}}""", "different names")]
    [InlineData("""{"address":"10.0.0.1","port":1,"metadata":{"a=b":"1"}}""", "equals sign")]
    [InlineData("""{"address":"10.0.0.1","port":1,"metadata":{"a":1}}""", "")]
    [InlineData("""{"address":"10.0.0.1","port":1,"healthy":"yes"}""", "")]
    [InlineData("""{"address":"10.0.0.1","port":1} {}""", "")]
    [InlineData("""{"address":"10.0.0.1","port":1,"x":[[[[1]]]]}""", "")]
    public void What_is_no_instance_is_refused_with_a_reason(string text, string reason)
    {
        Assert.False(InstanceText.TryRead("s", "i", 1, Encoding.UTF8.GetBytes(text), out var read, out var whyNot));
        Assert.Null(read);
        Assert.NotEmpty(whyNot);
        Assert.Contains(reason, whyNot, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Orders", "a")]
    [InlineData("orders", "a.b")]
    [InlineData("orders", "-a")]
    [InlineData("", "a")]
    [InlineData("ns", "a")]
    [InlineData("instance", "a")]
    public void Names_are_labels(string service, string instance) =>
        Assert.False(InstanceText.TryRead(service, instance, 1, """{"port":80,"address":"::1"}"""u8, out _, out _));

    [Fact]
    public void Too_much_is_refused()
    {
        var fits = new ServiceEndpoint("s", "i", IPAddress.Loopback, 1) { Tags = [.. Enumerable.Range(0, 16).Select(i => $"t{i}")] };
        Assert.Null(InstanceRules.Violation(fits));
        Assert.NotNull(InstanceRules.Violation(fits with { Tags = [.. fits.Tags, "more"] }));
        var pair = KeyValuePair.Create("k", new string('v', 253));
        Assert.Null(InstanceRules.Violation(fits with { Metadata = [pair] }));
        Assert.NotNull(InstanceRules.Violation(fits with { Metadata = [KeyValuePair.Create("k", new string('v', 254))] }));
        Assert.NotNull(InstanceRules.Violation(fits with { Metadata = [.. Enumerable.Range(0, 17).Select(i => KeyValuePair.Create($"k{i}", ""))] }));
        var padded = Encoding.UTF8.GetBytes("""{"port":80,"address":"::1","x":"?"}""".Replace("?", new string('x', 9000)));
        Assert.False(InstanceText.TryRead("s", "i", 1, padded, out _, out var whyNot));
        Assert.Contains("8192", whyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_texts_are_read_or_refused()
    {
        var random = new Random(1);
        var whole = InstanceText.Write(Full);
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var text = whole.ToArray();
            for (var n = random.Next(3); n > 0; n--)
                text[random.Next(text.Length)] = (byte)random.Next(256);
            if (InstanceText.TryRead("s", "i", 1, text.AsSpan(0, random.Next(10) == 0 ? random.Next(text.Length) : text.Length), out var endpoint, out var whyNot))
                read++;
            Assert.Equal(endpoint is null, whyNot.Length > 0);
        }

        Assert.InRange(read, 5000, 19_000);
    }
}
