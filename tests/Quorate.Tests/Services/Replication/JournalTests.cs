using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Journal;

namespace Quorate.Tests.Services.Replication;

public sealed class JournalTests
{
    private static readonly Configuration Three = new([new NodeId(1), new NodeId(2), new NodeId(3)]);

    [Fact]
    public void Entries_replace_everything_from_their_first_index_and_a_copy_replaces_nothing()
    {
        var group = new RecoveredGroup();
        group.Take(new JournalRecord.Begin(default, 0, 0, Three));
        group.Take(Entries(false, (1, 1), (2, 1), (3, 1), (4, 1)));
        group.Take(Entries(true, (1, 1), (2, 1)));
        Assert.Equal(4, group.Entries.Count);
        group.Take(Entries(false, (3, 2)));
        Assert.Equal([(1, 1), (2, 1), (3, 2)], group.Entries.Select(e => (e.Index, e.Term)));
        group.Check(1);
    }

    [Fact]
    public void A_base_keeps_what_continues_it_and_drops_what_does_not()
    {
        var continued = new RecoveredGroup();
        continued.Take(Entries(false, (5, 1), (6, 1), (7, 2)));
        continued.Take(new JournalRecord.Begin(new HardState(3, new NodeId(2)), 6, 1, Three));
        Assert.Equal([(7, 2)], continued.Entries.Select(e => (e.Index, e.Term)));
        Assert.Equal(new HardState(3, new NodeId(2)), continued.HardState);
        continued.BeginAt(7, 5, Three);
        Assert.Empty(continued.Entries);
        Assert.Equal(new HardState(5, NodeId.None), continued.HardState);
    }

    [Fact]
    public void A_gap_behind_the_base_is_an_error_and_before_it_is_what_trimming_leaves()
    {
        var group = new RecoveredGroup();
        group.Take(Entries(false, (5, 1)));
        group.Take(Entries(false, (9, 1)));
        Assert.Throws<MalformedInputException>(() => group.Check(1));
        group.Take(new JournalRecord.Begin(default, 8, 1, Three));
        group.Check(1);
        group.Take(Entries(false, (12, 1)));
        Assert.Throws<MalformedInputException>(() => group.Check(1));
    }

    [Fact] // raft-lease-reads 50875: the copies of what went with the front were not taken, for later entries stood there already.
    public void Copies_fill_the_gap_before_entries_that_the_front_kept()
    {
        var group = new RecoveredGroup();
        group.Take(Entries(false, (7, 1), (8, 1)));
        group.Take(new JournalRecord.Begin(default, 4, 1, Three));
        group.Take(Entries(true, (5, 1), (6, 1), (7, 1), (8, 1)));
        group.Take(Entries(false, (6, 2)));
        group.Check(1);
        Assert.Equal([(5, 1), (6, 2)], group.Entries.Select(e => (e.Index, e.Term)));
    }

    [Fact] // raft-lease-reads 20968: the base of 4 cleared entry 6 of term 2, which the base of 5 goes on to.
    public void Entries_that_a_later_base_goes_on_to_stay_although_an_older_base_lies_before_them()
    {
        var group = new RecoveredGroup();
        group.Take(Entries(false, (5, 1), (6, 1), (7, 1)));
        group.Take(Entries(false, (6, 2)));
        group.Take(new JournalRecord.Begin(default, 3, 1, Three));
        Assert.Throws<MalformedInputException>(() => group.Check(1));
        group.Take(new JournalRecord.Begin(default, 5, 1, Three));
        group.Take(Entries(false, (7, 2)));
        Assert.Equal([(6, 2), (7, 2)], group.Entries.Select(e => (e.Index, e.Term)));
        group.Check(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_was_cut_off_in_front_the_rest_builds_up_the_same_state(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 100; run++)
        {
            var life = new JournalLife(random);
            for (var step = 0; step < 60; step++)
            {
                life.Step();
                var group = new RecoveredGroup();
                foreach (var record in life.Records)
                    group.Take(record);
                group.Check(1);
                Assert.Equal(life.Base, group.BaseIndex);
                Assert.Equal(life.Entries, group.Entries.Select(e => (e.Index, e.Term)));
            }
        }
    }

    [Fact]
    public void What_was_recovered_is_handed_out_once()
    {
        var group = new GroupJournal(1, "wal");
        group.Replay(default, new JournalRecord.Begin(new HardState(3, new NodeId(2)), 0, 0, Three));
        Assert.Equal(3, group.TakeRecovered()!.HardState.Term);
        Assert.Throws<InvalidOperationException>(() => group.TakeRecovered());
    }

    [Fact]
    public void Records_round_trip_and_rubbish_is_malformed()
    {
        var writer = new ByteWriter();
        var entries = new Entry[] { new(4, 10, EntryKind.Noop, default), new(4, 11, EntryKind.Command, new byte[] { 1, 2, 3 }) };
        Assert.Equal(2, JournalCodec.WriteEntries(writer, 300, entries, 0, 1000, false));
        var (id, record) = JournalCodec.Read(writer.WrittenSpan);
        var read = Assert.IsType<JournalRecord.Entries>(record);
        Assert.Equal(300UL, id);
        Assert.Equal([1, 2, 3], read.Items[1].Payload.ToArray());
        Assert.Equal((4L, 11L, EntryKind.Command), (read.Items[1].Term, read.Items[1].Index, read.Items[1].Kind));
        var random = new Random(2);
        for (var i = 0; i < 3000; i++)
        {
            var bytes = writer.ToArray();
            bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            try
            {
                JournalCodec.Read(bytes.AsSpan(0, random.Next(1, bytes.Length + 1)));
            }
            catch (MalformedInputException)
            {
                // The one way to refuse.
            }
        }
    }

    [Fact]
    public void Entries_are_split_into_records_of_bounded_size()
    {
        var writer = new ByteWriter();
        var entries = Enumerable.Range(1, 10).Select(i => new Entry(1, i, EntryKind.Command, new byte[100])).ToArray();
        var records = 0;
        for (var from = 0; from < entries.Length; records++)
        {
            writer.Clear();
            from = JournalCodec.WriteEntries(writer, 1, entries, from, 350, false);
            Assert.InRange(writer.Length, 1, 500);
        }

        Assert.InRange(records, 3, 5);
    }

    private static JournalRecord.Entries Entries(bool isCopy, params (long Index, long Term)[] items) =>
        new(items.Select(item => new Entry(item.Term, item.Index, EntryKind.Command, default)).ToArray(), isCopy);
}
