using Quorate.Checking.ModelChecking.Exploration;

namespace Quorate.Tests.Checking.ModelChecking;

public sealed class FrontierTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void States_of_any_length_come_back_in_their_order(bool isQueue)
    {
        IFrontier frontier = isQueue ? new StateQueue() : new StateStack();
        var random = new Random(1);
        var expected = new LinkedList<(int Number, byte[] State)>();
        for (var number = 0; number < 2_000; number++)
        {
            var state = new byte[number % 97 == 0 ? random.Next(3 << 20) : random.Next(2_000)];
            random.NextBytes(state);
            frontier.Add(number, number * 2, state);
            expected.AddLast((number, state));
            for (var takes = random.Next(number < 1_000 ? 2 : 3); takes > 0 && expected.Count > 0; takes--)
                Take(frontier, expected, isQueue);
        }

        while (expected.Count > 0)
            Take(frontier, expected, isQueue);
        Assert.False(frontier.TryTake(out _, out _, out _));
        Assert.Equal(0, frontier.Count);
    }

    [Fact]
    public void A_queue_that_is_read_as_it_is_written_stays_small()
    {
        var queue = new StateQueue();
        for (var i = 0; i < 100_000; i++)
        {
            queue.Add(i, 0, new byte[100]);
            queue.TryTake(out _, out _, out _);
        }

        Assert.InRange(queue.Bytes, 1, 4 << 20);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_table_tells_what_it_has_and_its_number(bool wide)
    {
        var table = new FingerprintTable(wide, numbered: true);
        for (var i = 0; i < 50_000; i++)
        {
            Assert.True(table.TryAdd(Fingerprint.Of(BitConverter.GetBytes(i)), out var number));
            Assert.Equal(i, number);
        }

        for (var i = 0; i < 50_000; i++)
        {
            Assert.False(table.TryAdd(Fingerprint.Of(BitConverter.GetBytes(i)), out var number));
            Assert.Equal(i, number);
        }

        Assert.Equal(50_000, table.Count);
        Assert.InRange(table.Bytes / table.Count, wide ? 20 : 12, wide ? 56 : 34);
    }

    [Fact]
    public void States_that_differ_in_one_bit_or_in_length_have_other_fingerprints()
    {
        var seen = new HashSet<Fingerprint>();
        for (var length = 0; length < 40; length++)
        {
            Assert.True(seen.Add(Fingerprint.Of(new byte[length])));
            for (var bit = 0; bit < length * 8; bit++)
            {
                var state = new byte[length];
                state[bit / 8] = (byte)(1 << (bit % 8));
                Assert.True(seen.Add(Fingerprint.Of(state)));
            }
        }

        Assert.Equal(seen.Count, seen.Select(f => f.Low).Distinct().Count());
        Assert.Equal(seen.Count, seen.Select(f => f.High).Distinct().Count());
    }

    private static void Take(IFrontier frontier, LinkedList<(int Number, byte[] State)> expected, bool isQueue)
    {
        var next = (isQueue ? expected.First : expected.Last)!;
        expected.Remove(next);
        Assert.True(frontier.TryTake(out var number, out var depth, out var state));
        Assert.Equal((next.Value.Number, next.Value.Number * 2), (number, depth));
        Assert.True(state.SequenceEqual(next.Value.State));
        Assert.Equal(expected.Count, frontier.Count);
    }
}
