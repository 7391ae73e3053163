using Quorate.Kernel.Encoding;

namespace Quorate.Tests.Kernel.Encoding;

public sealed class Crc32CTests
{
    [Theory] // RFC 3720, appendix B.4.
    [InlineData(0x00, 32, 0x8a9136aaU)]
    [InlineData(0xff, 32, 0x62a8ab43U)]
    public void The_examples_of_RFC_3720_come_out(byte fill, int count, uint expected) =>
        Assert.Equal(expected, Crc32C.Of(Enumerable.Repeat(fill, count).ToArray()));

    [Fact]
    public void Two_runs_give_the_checksum_of_their_concatenation()
    {
        var bytes = Enumerable.Range(0, 101).Select(i => (byte)i).ToArray();
        for (var cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal(Crc32C.Of(bytes), Crc32C.Of(bytes.AsSpan(0, cut), bytes.AsSpan(cut)));
    }
}
