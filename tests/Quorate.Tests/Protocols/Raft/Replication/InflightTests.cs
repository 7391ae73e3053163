using Quorate.Protocols.Raft.Replication;

namespace Quorate.Tests.Protocols.Raft.Replication;

public sealed class InflightTests
{
    [Theory]
    [InlineData(2, 100, "", false)]
    [InlineData(2, 100, "5:1", false)]
    [InlineData(2, 100, "5:1 6:1", true)]
    [InlineData(9, 100, "5:99", false)]
    [InlineData(9, 100, "5:100", true)]
    [InlineData(9, 100, "5:60 6:60", true)]
    public void A_window_is_full_at_its_messages_or_bytes(int messages, long bytes, string sent, bool full) =>
        Assert.Equal(full, Window(messages, bytes, sent).IsFull);

    [Theory]
    [InlineData("3:10 5:20 9:30", 2, 3, 60)]
    [InlineData("3:10 5:20 9:30", 3, 2, 50)]
    [InlineData("3:10 5:20 9:30", 4, 2, 50)]
    [InlineData("3:10 5:20 9:30", 8, 1, 30)]
    [InlineData("3:10 5:20 9:30", 9, 0, 0)]
    [InlineData("", 9, 0, 0)]
    public void An_answer_frees_the_messages_that_it_covers_whole(string sent, long index, int count, long bytes)
    {
        var window = Window(9, 1000, sent);
        window.FreeTo(index);
        Assert.Equal((count, bytes), (window.Count, window.Bytes));
    }

    [Fact]
    public void It_counts_as_a_list_does_while_its_ring_turns_and_grows()
    {
        var random = new Random(1);
        var window = new Inflight(1000, long.MaxValue);
        var list = new List<(long LastIndex, long Bytes)>();
        for (var step = 1; step <= 2_000; step++)
        {
            if (random.Next(3) > 0)
            {
                window.Add(step, step % 7);
                list.Add((step, step % 7));
            }
            else
            {
                var index = random.Next(Math.Max(1, step - 20), step);
                window.FreeTo(index);
                list.RemoveAll(m => m.LastIndex <= index);
            }

            Assert.Equal((list.Count, list.Sum(m => m.Bytes)), (window.Count, window.Bytes));
            Assert.Equal(list, Enumerable.Range(0, window.Count).Select(i => window[i]));
        }

        window.Clear();
        Assert.Equal((0, 0), (window.Count, window.Bytes));
    }

    private static Inflight Window(int messages, long bytes, string sent)
    {
        var window = new Inflight(messages, bytes);
        foreach (var message in sent.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(m => m.Split(':')))
            window.Add(long.Parse(message[0]), long.Parse(message[1]));
        return window;
    }
}
