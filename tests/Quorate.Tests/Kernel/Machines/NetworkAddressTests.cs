using Quorate.Kernel.Machines;

namespace Quorate.Tests.Kernel.Machines;

public sealed class NetworkAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:7000", "127.0.0.1", 7000)]
    [InlineData("n1:0", "n1", 0)]
    [InlineData("example.org:65535", "example.org", 65535)]
    [InlineData("[::1]:80", "::1", 80)]
    [InlineData("[fe80::1%eth0]:80", "fe80::1%eth0", 80)]
    public void An_address_is_parsed_and_printed_the_same(string text, string host, int port)
    {
        var address = NetworkAddress.Parse(text);
        Assert.Equal(new NetworkAddress(host, port), address);
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("host")]
    [InlineData("host:")]
    [InlineData(":80")]
    [InlineData("[]:80")]
    [InlineData("::1:80")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData("host:+1")]
    [InlineData("host: 1")]
    [InlineData("host:1x")]
    public void Anything_else_is_refused(string? text)
    {
        Assert.False(NetworkAddress.TryParse(text, out _));
        if (text is not null)
            Assert.Throws<FormatException>(() => NetworkAddress.Parse(text));
    }
}
