using Quorate.Services.Dns.Wire;

namespace Quorate.Tests.Services.Dns.Wire;

public sealed class DomainNameTests
{
    [Theory]
    [InlineData("orders.service.quorate", "orders.service.quorate.")]
    [InlineData("orders.service.quorate.", "orders.service.quorate.")]
    [InlineData("_orders._tcp.x", "_orders._tcp.x.")]
    [InlineData(@"a\.b.c", @"a\.b.c.")]
    [InlineData(@"a\046b.c", @"a\.b.c.")]
    [InlineData(@"a\000.c", @"a\000.c.")]
    [InlineData(".", ".")]
    public void A_name_is_read_as_people_write_it(string text, string shown) => Assert.Equal(shown, DomainName.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData(@"a\")]
    [InlineData(@"a\256")]
    [InlineData(@"a\12")]
    [InlineData("größe")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void What_is_no_name_is_refused(string text)
    {
        Assert.False(DomainName.TryParse(text, out _));
        Assert.Throws<FormatException>(() => DomainName.Parse(text));
    }

    [Fact]
    public void A_name_has_255_bytes_at_most()
    {
        var label = new string('a', 63);
        var longest = $"{label}.{label}.{label}.{new string('b', 61)}";
        Assert.Equal(255, DomainName.Parse(longest).Wire.Length);
        Assert.False(DomainName.TryParse(longest + "b", out _));
        Assert.Throws<ArgumentException>(() => DomainName.Parse(longest).Below("a"));
        Assert.Throws<ArgumentException>(() => DomainName.Root.Below(""));
        Assert.Throws<ArgumentException>(() => DomainName.Root.Below(label + "a"));
    }

    [Fact]
    public void Case_does_not_matter_but_is_kept()
    {
        DomainName upper = DomainName.Parse("ORDERS.Service.quorate"), lower = DomainName.Parse("orders.service.quorate");
        Assert.Equal(lower, upper);
        Assert.Equal(lower.GetHashCode(), upper.GetHashCode());
        Assert.False(lower.IsExactly(upper));
        Assert.Equal("ORDERS.Service.quorate.", upper.ToString());
        Assert.Equal("orders", upper.LowerLabel(0));
        Assert.True(upper.IsWithin(DomainName.Parse("SERVICE.quorate")));
        Assert.True(upper.IsWithin(DomainName.Root));
        Assert.False(lower.IsWithin(DomainName.Parse("ervice.quorate")));
        Assert.False(DomainName.Parse("quorate").IsWithin(lower));
        var random = new Random(1);
        var mixed = Enumerable.Range(0, 20).Select(_ => lower.WithCase(() => random.Next(2) == 0)).ToList();
        Assert.All(mixed, name => Assert.Equal(lower, name));
        Assert.True(mixed.Select(m => m.ToString()).Distinct().Count() > 10);
    }
}
