using Quorate.Protocols.Raft;

namespace Quorate.Tests.Protocols.Raft;

public sealed class RaftLogTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_log_is_the_plain_list_that_it_stands_for_whatever_was_let_go(int seed)
    {
        var random = new Random(seed);
        var model = new Model(random);
        for (var step = 0; step < 4_000; step++)
        {
            model.Step();
            if (step % 20 == 0)
                model.Compare();
        }

        Assert.True(model.WasReleased, "payloads were let go in this run");
    }

    [Fact]
    public void What_is_in_memory_keeps_to_the_bound_also_behind_a_compaction_in_the_middle_of_a_block()
    {
        const int BytesMax = 32 << 10;
        var log = new RaftLog(0, 0, BytesMax);
        for (var index = 1L; index <= 20_000; index++)
        {
            log.Append(new Entry(1, index, EntryKind.Command, new byte[100]));
            if (index % 501 == 0)
                log.CompactTo(index - 3);
            log.Release(index);
            Assert.True((log.LastIndex - log.FirstInMemory + 1) * 100 <= BytesMax + (2 * BytesMax / 32) + 200, $"at {index}");
        }
    }

    [Fact]
    public void A_run_that_was_handed_out_stays_as_it_was()
    {
        var log = new RaftLog(0, 0, 1 << 10);
        for (var index = 1L; index <= 100; index++)
            log.Append(new Entry(1 + (index / 40), index, EntryKind.Command, Enumerable.Repeat((byte)index, 20).ToArray()));
        var whole = log.Slice(1, 100);
        log.Release(90);
        var slice = Assert.IsType<LogSlice>(log.Slice(1, 100));
        var terms = Enumerable.Range(0, 100).Select(slice.TermAt).ToArray();
        log.CompactTo(30);
        log.TruncateFrom(95);
        log.Append(new Entry(9, 95, EntryKind.Noop, default));
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (byte)i), whole.Select(entry => entry.Payload.Span[0]));
        Assert.Equal(terms, Enumerable.Range(0, 100).Select(slice.TermAt));
        Assert.Equal(Enumerable.Range(1, 100).Select(i => 1L + (i / 40)), terms);
        Assert.InRange(slice.Released, 20, 90);
        Assert.Equal(100, slice[99].Payload.Span[0]);
        Assert.Throws<InvalidOperationException>(() => slice[slice.Released - 1]);
    }

    private sealed class Model(Random random)
    {
        private readonly RaftLog log = new(0, 0, 600);
        private readonly List<Entry> entries = [];
        private long snapshot;
        private long committed;

        public bool WasReleased { get; private set; }

        private long Last => snapshot + entries.Count;

        public void Step()
        {
            switch (random.Next(20))
            {
                case 0 when committed < Last:
                    var from = random.NextInt64(committed + 1, Last + 1);
                    log.TruncateFrom(from);
                    entries.RemoveRange((int)(from - snapshot - 1), (int)(Last - from + 1));
                    break;
                case 1:
                    committed = random.NextInt64(committed, Last + 1);
                    break;
                case 2 when random.Next(8) == 0 && committed > snapshot:
                    var to = random.NextInt64(snapshot + 1, committed + 1);
                    log.CompactTo(to);
                    entries.RemoveRange(0, (int)(to - snapshot));
                    snapshot = to;
                    break;
                case 3 when random.Next(100) == 0:
                    (snapshot, committed) = (Last + 5, Last + 5);
                    log.Reset(snapshot, log.LastTerm + 1);
                    entries.Clear();
                    break;
                case < 6:
                    log.Release(committed);
                    WasReleased |= log.FirstInMemory > log.FirstIndex;
                    break;
                default:
                    var entry = new Entry(log.LastTerm + random.Next(2), Last + 1, (EntryKind)random.Next(2), new byte[random.Next(40)]);
                    log.Append(entry);
                    entries.Add(entry);
                    break;
            }
        }

        public void Compare()
        {
            Assert.Equal((snapshot, Last), (log.SnapshotIndex, log.LastIndex));
            Assert.Equal(RaftLog.Unknown, log.TermAt(Last + 1));
            foreach (var entry in entries)
            {
                Assert.Equal(entry.Term, log.TermAt(entry.Index));
                if (entry.Index >= log.FirstInMemory)
                    Assert.Equal(entry, log.At(entry.Index));
                else
                    Assert.Throws<InvalidOperationException>(() => log.At(entry.Index));
            }

            if (entries.Count == 0)
                return;
            var from = random.NextInt64(snapshot + 1, Last + 1);
            var (count, bytes) = log.Fit(from, 30, 200);
            var run = entries.Skip((int)(from - snapshot - 1)).Take(count).ToArray();
            Assert.Equal(run.Sum(entry => (long)entry.Payload.Length), bytes);
            Assert.True(bytes <= 200 || count == 1);
            Assert.True(count == 30 || from + count > Last || bytes + entries[(int)(from + count - snapshot - 1)].Payload.Length > 200);
            var slice = log.Slice(from, count);
            var released = slice is LogSlice { Released: var left } ? left : 0;
            Assert.Equal(Math.Clamp(log.FirstInMemory - from, 0, count), released);
            Assert.Equal(run.Skip(released), Enumerable.Range(released, count - released).Select(i => slice[i]));
        }
    }
}
