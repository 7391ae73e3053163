using FsCheck;
using FsCheck.Fluent;
using Quorate.Services.Coordination.Authentication;

namespace Quorate.Tests.Services.Coordination.Authentication;

/// <summary>What permissions cover together, beside a naive model over all short keys.</summary>
public sealed class KeyIntervalsTests
{
    // Every key of up to three letters of an alphabet of three, the zero byte among them.
    private static readonly byte[][] Keys = [.. Words(3)];

    [Theory]
    [InlineData("a", "", "a", "", true)]
    [InlineData("a", "", "b", "", false)]
    [InlineData("a", "", "a", "b", false)]
    [InlineData("a", "c", "a", "c", true)]
    [InlineData("a", "c", "b", "c", true)]
    [InlineData("a", "c", "b", "d", false)]
    [InlineData("a", "c", "c", "", false)]
    [InlineData("a", "\0", "z", "", true)]
    [InlineData("a", "\0", "z", "\0", true)]
    [InlineData("a", "c", "a", "\0", false)]
    [InlineData("\0", "\0", "\0", "\0", true)]
    [InlineData("a", "c", "b", "a", false)]
    [InlineData("c", "a", "b", "", false)]
    public void One_permission(string key, string end, string asked, string askedEnd, bool covers) =>
        Assert.Equal(covers, Of((key, end)).Cover(CoordinationFixture.Bytes(asked), CoordinationFixture.Bytes(askedEnd)));

    [Fact]
    public void Permissions_that_touch_cover_together_and_a_gap_is_not_covered()
    {
        var together = Of(("a", "c"), ("c", "e"), ("x", ""));
        Assert.True(together.Cover("a"u8.ToArray(), "e"u8.ToArray()));
        Assert.False(together.Cover("a"u8.ToArray(), "y"u8.ToArray()));
        // A key and the key behind it: "a" and from "a\0" on.
        Assert.True(Of(("a", ""), ("a\0", "b")).Cover("a"u8.ToArray(), "b"u8.ToArray()));
    }

    [Fact]
    public void A_range_is_covered_when_each_of_its_keys_is() => Prop.ForAll<(byte Start, byte End)[], byte, byte>((permissions, start, end) =>
    {
        var ranges = permissions.Select(p => (Key(p.Start), End(p.End))).ToArray();
        var (asked, askedEnd) = (Key(start), End(end));
        var wanted = Keys.Where(key => Contains((asked, askedEnd), key)).ToArray();
        var naive = wanted.All(key => ranges.Any(range => Contains(range, key)));
        var covers = new KeyIntervals(ranges.Select(r => ((ReadOnlyMemory<byte>)r.Item1, (ReadOnlyMemory<byte>)r.Item2))).Cover(asked, askedEnd);
        // Over all keys: those that are longer than the model's lie between two of them, and are covered where the range between is.
        return wanted.Length == 0 ? !covers : !covers || naive;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Single_keys_are_covered_exactly_by_the_ranges_that_hold_them() => Prop.ForAll<(byte Start, byte End)[], byte>((permissions, one) =>
    {
        var ranges = permissions.Select(p => (Key(p.Start), End(p.End))).ToArray();
        var key = Key(one);
        return new KeyIntervals(ranges.Select(r => ((ReadOnlyMemory<byte>)r.Item1, (ReadOnlyMemory<byte>)r.Item2))).Cover(key, default)
            == ranges.Any(range => Contains(range, key));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    private static byte[] Key(byte number) => Keys[number % Keys.Length];

    // A third of the ranges are one key, some are open.
    private static byte[] End(byte number) => number % 3 == 0 ? [] : number % 17 == 1 ? [0] : Key(number);

    private static bool Contains((byte[] Key, byte[] End) range, byte[] key)
    {
        if (range.End.Length == 0)
            return key.AsSpan().SequenceEqual(range.Key);
        var isOpen = range.End is [0];
        return key.AsSpan().SequenceCompareTo(range.Key) >= 0 && (isOpen || key.AsSpan().SequenceCompareTo(range.End) < 0);
    }

    private static KeyIntervals Of(params (string Key, string End)[] ranges) =>
        new(ranges.Select(r => (CoordinationFixture.Bytes(r.Key), CoordinationFixture.Bytes(r.End))));

    private static IEnumerable<byte[]> Words(int lengthMax)
    {
        List<byte[]> last = [[]];
        for (var length = 1; length <= lengthMax; length++)
        {
            last = [.. last.SelectMany(word => new byte[][] { [.. word, 0], [.. word, (byte)'a'], [.. word, (byte)'b'] })];
            foreach (var word in last)
                yield return word;
        }
    }
}
