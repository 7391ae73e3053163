using FsCheck;
using FsCheck.Fluent;
using Quorate.Server.Grpc;

namespace Quorate.Tests.Server.Grpc;

public sealed class GrpcTextTests
{
    [Theory]
    [InlineData("etcdserver: key is not provided", "etcdserver: key is not provided")]
    [InlineData("100%", "100%25")]
    [InlineData("a\nb", "a%0Ab")]
    [InlineData("größe", "gr%C3%B6%C3%9Fe")]
    [InlineData("", "")]
    public void A_message_is_percent_encoded(string message, string encoded) => Assert.Equal(encoded, GrpcText.EncodeMessage(message));

    [Fact]
    public void An_encoded_message_is_printable_and_decodes_to_what_it_was() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            var message = new string([.. text.Get.Where(c => !char.IsSurrogate(c)).Take(1000)]);
            var encoded = GrpcText.EncodeMessage(message);
            return encoded.All(c => c is >= ' ' and <= '~') && Uri.UnescapeDataString(encoded) == message;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_long_message_is_cut_and_not_inside_a_character()
    {
        var text = new string('a', GrpcText.MessageCharsMax - 1) + "😀";
        Assert.Equal(text[..(GrpcText.MessageCharsMax - 1)], GrpcText.EncodeMessage(text));
    }

    [Theory]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("2M", 1_200_000_000)]
    [InlineData("3S", 30_000_000)]
    [InlineData("4m", 40_000)]
    [InlineData("5u", 50)]
    [InlineData("700n", 7)]
    [InlineData("0S", 0)]
    [InlineData("99999999H", 99_999_999 * 36_000_000_000)]
    public void A_timeout_is_read_in_each_unit(string text, long ticks)
    {
        Assert.True(GrpcText.TryParseTimeout(text, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData(" 1S")]
    [InlineData("1.5S")]
    [InlineData("100000000S")]
    [InlineData("1SS")]
    public void What_is_not_a_timeout_is_refused(string text) => Assert.False(GrpcText.TryParseTimeout(text, out _));
}
