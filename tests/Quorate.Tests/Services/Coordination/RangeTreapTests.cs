using System.Text;
using Quorate.Services.Coordination.Keys;

namespace Quorate.Tests.Services.Coordination;

public sealed class RangeTreapTests
{
    [Fact]
    public void It_finds_exactly_the_ranges_that_hold_a_key()
    {
        var random = new Random(5);
        var treap = new RangeTreap<object>();
        var model = new Dictionary<(string Start, string End), (KeyRange Range, object Value)>();
        for (var step = 0; step < 5_000; step++)
        {
            var start = $"{random.Next(60):d2}";
            var range = (start, random.Next(4) == 0 ? "\0" : $"{random.Next(60):d2}");
            if (random.Next(3) > 0)
                model[range] = (Range(range), treap.GetOrAdd(Range(range)));
            else if (model.Remove(range))
                treap.Remove(Range(range));
            var key = Encoding.ASCII.GetBytes($"{random.Next(60):d2}");
            var found = new List<object>();
            treap.Find(key, found);
            var expected = model.Values.Where(known => known.Range.Contains(key)).Select(known => known.Value).ToHashSet();
            Assert.Equal(expected.Count, found.Count);
            Assert.True(expected.SetEquals(found));
            Assert.Equal(expected.Count > 0, treap.Holds(key));
        }
    }

    private static KeyRange Range((string Start, string End) range) =>
        KeyRange.Of(Encoding.ASCII.GetBytes(range.Start), Encoding.ASCII.GetBytes(range.End));
}
