using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Serving;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination;

public sealed class WatchTests
{
    private readonly CoordinationFixture fixture = new();

    [Fact]
    public void A_watch_gets_each_event_after_it_began_with_the_previous_version_when_asked()
    {
        fixture.Do(s => s.PutAsync(Put("a", "0")));
        var stream = fixture.Service.OpenWatchStream();
        stream.Create(new WatchCreateRequest(Bytes("a"), PreviousKeyValue: true));
        fixture.Machine.Settle();
        fixture.Do(s => s.PutAsync(Put("a", "1")));
        fixture.Do(s => s.PutAsync(Put("b", "1")));
        fixture.Do(s => s.DeleteRangeAsync(Delete("a")));
        var messages = fixture.ReadAll(stream);
        Assert.Equal([WatchMessageKind.Created, WatchMessageKind.Events, WatchMessageKind.Events], messages.Select(m => m.Kind));
        var put = Assert.Single(messages[1].Events);
        Assert.Equal((false, "1", "0", 3L), (put.IsDelete, Text(put.KeyValue.Value), Text(put.PreviousKeyValue!.Value), put.KeyValue.ModRevision));
        var delete = Assert.Single(messages[2].Events);
        Assert.Equal((true, "1", 5L), (delete.IsDelete, Text(delete.PreviousKeyValue!.Value), delete.KeyValue.ModRevision));
    }

    [Fact]
    public void A_watch_from_before_the_compacted_revision_is_canceled_with_it()
    {
        for (var i = 0; i < 9; i++)
            fixture.Do(s => s.PutAsync(Put("a", $"{i}")));
        fixture.Do(s => s.CompactAsync(5, physical: true));
        var stream = fixture.Service.OpenWatchStream();
        stream.Create(new WatchCreateRequest(Bytes("a"), StartRevision: 4));
        stream.Create(new WatchCreateRequest(Bytes("a"), StartRevision: 5, WatchId: 9));
        var messages = fixture.ReadAll(stream);
        var canceled = Assert.Single(messages, m => m.Kind == WatchMessageKind.Canceled);
        Assert.Equal((0L, 5L), (canceled.WatchId, canceled.CompactRevision));
        Assert.Equal(6, messages.Where(m => m.WatchId == 9).Sum(m => m.Events.Count));
    }

    [Fact]
    public void Ids_are_chosen_from_zero_and_a_duplicate_or_empty_range_is_refused()
    {
        var stream = fixture.Service.OpenWatchStream();
        stream.Create(new WatchCreateRequest(Bytes("a")));
        stream.Create(new WatchCreateRequest(Bytes("a"), WatchId: 1));
        stream.Create(new WatchCreateRequest(Bytes("a"), WatchId: 1));
        stream.Create(new WatchCreateRequest(Bytes("b"), Bytes("a")));
        stream.Create(new WatchCreateRequest(Bytes("a")));
        stream.Cancel(77);
        stream.Cancel(1);
        var messages = fixture.ReadAll(stream);
        Assert.Equal([0, 1, -1, -1, 2, 1], messages.Select(m => m.WatchId));
        Assert.Equal([false, false, true, true, false, true], messages.Select(m => m.Canceled));
        Assert.Equal("mvcc: duplicate watch ID provided on the WatchStream", messages[2].CancelReason);
    }

    [Fact]
    public void Filters_fragments_and_progress_do_as_asked()
    {
        var stream = fixture.Service.OpenWatchStream();
        stream.Create(new WatchCreateRequest(Bytes("a"), Bytes("b"), NoPut: true));
        stream.Create(new WatchCreateRequest(Bytes("a"), Bytes("b"), NoDelete: true, Fragment: true));
        stream.Create(new WatchCreateRequest(Bytes("zz"), ProgressNotify: true));
        fixture.Machine.Settle();
        fixture.Do(s => s.TxnAsync(new TxnRequest([], [Put("a1", "1"), new PutRequest(Bytes("a2"), new byte[700_000]), new PutRequest(Bytes("a3"), new byte[800_000])], [])));
        fixture.Do(s => s.DeleteRangeAsync(Delete("a1")));
        stream.RequestProgress();
        var messages = fixture.ReadAll(stream);
        Assert.Equal([true], messages.Where(m => m.WatchId == 0 && m.Kind == WatchMessageKind.Events).SelectMany(m => m.Events).Select(e => e.IsDelete));
        Assert.Equal(3, messages.Where(m => m.WatchId == 1).Sum(m => m.Events.Count));
        Assert.Equal((WatchMessageKind.Progress, -1L, 3L), (messages[^1].Kind, messages[^1].WatchId, messages[^1].Header.Revision));
        fixture.Machine.Advance(TimeSpan.FromMinutes(12));
        var notice = Assert.Single(fixture.ReadAll(stream));
        Assert.Equal((WatchMessageKind.Progress, 2L), (notice.Kind, notice.WatchId));
    }

    [Fact]
    public void Progress_is_not_told_to_a_watch_that_begins_later_until_it_has_begun()
    {
        var stream = fixture.Service.OpenWatchStream();
        stream.Create(new WatchCreateRequest(Bytes("a"), StartRevision: 4, ProgressNotify: true));
        stream.Create(new WatchCreateRequest(Bytes("a"), StartRevision: 1_000));
        stream.RequestProgress();
        fixture.Machine.Advance(TimeSpan.FromMinutes(25));
        fixture.Do(s => s.PutAsync(Put("a", "1")));
        Assert.All(fixture.ReadAll(stream), m => Assert.Equal(WatchMessageKind.Created, m.Kind));
        fixture.Do(s => s.PutAsync(Put("b", "2")));
        Assert.Empty(fixture.ReadAll(stream));
        stream.Cancel(1);
        var messages = fixture.ReadAll(stream);
        Assert.Equal([WatchMessageKind.Canceled, WatchMessageKind.Progress], messages.Select(m => m.Kind));
        Assert.Equal(3L, messages[^1].Header.Revision);

        // One that begins in the past reads first; then the stream waits, and does not ask again and again.
        stream.Create(new WatchCreateRequest(Bytes("zz"), StartRevision: 1));
        stream.Create(new WatchCreateRequest(Bytes("a"), StartRevision: 6));
        stream.RequestProgress();
        fixture.Do(s => s.PutAsync(Put("b", "3")));
        Assert.Equal([WatchMessageKind.Created, WatchMessageKind.Created], fixture.ReadAll(stream).Select(m => m.Kind));
        fixture.Do(s => s.PutAsync(Put("b", "4")));
        Assert.Equal((WatchMessageKind.Progress, 5L), fixture.ReadAll(stream).Select(m => (m.Kind, m.Header.Revision)).Single());
    }

    [Fact]
    public void What_is_applied_in_one_go_is_told_in_one_message_that_is_not_too_large()
    {
        var stream = fixture.Service.OpenWatchStream();
        stream.Create(new WatchCreateRequest(Bytes("a"), Bytes("b")));
        fixture.Machine.Settle();
        ApplyPuts(1, 10, 9);
        ApplyPuts(11, 10, 6_000);
        var messages = fixture.ReadAll(stream).Skip(1).ToList();
        // Ten small ones and the first three large ones are 16 KiB; then it is three each.
        Assert.Equal([13, 3, 3, 1], messages.Select(m => m.Events.Count));
        Assert.Equal([14, 17, 20, 21], messages.Select(m => m.Header.Revision));
        Assert.Equal(Enumerable.Range(2, 20).Select(i => (long)i), messages.SelectMany(m => m.Events).Select(e => e.KeyValue.ModRevision));
    }

    [Fact]
    public void What_waits_is_told_before_anything_else_is_said()
    {
        var stream = fixture.Service.OpenWatchStream();
        stream.Create(new WatchCreateRequest(Bytes("a"), Bytes("b")));
        fixture.Machine.Settle();
        // Each is posted before the events are, and finds them waiting.
        stream.RequestProgress();
        ApplyPuts(1, 3, 1);
        fixture.Machine.Settle();
        stream.Create(new WatchCreateRequest(Bytes("zz")));
        ApplyPuts(4, 3, 1);
        fixture.Machine.Settle();
        stream.Cancel(0);
        ApplyPuts(7, 3, 1);
        var messages = fixture.ReadAll(stream).Skip(1).ToList();
        Assert.Equal(
            [
                (WatchMessageKind.Events, 4L), (WatchMessageKind.Progress, 4L), (WatchMessageKind.Events, 7L), (WatchMessageKind.Created, 7L),
                (WatchMessageKind.Events, 10L), (WatchMessageKind.Canceled, 10L),
            ],
            messages.Select(m => (m.Kind, m.Header.Revision)));
        Assert.Equal(9, messages.Sum(m => m.Events.Count));
    }

    [Fact]
    public void A_watch_too_many_is_refused_and_may_come_where_another_goes()
    {
        var narrow = new CoordinationFixture(
            new CoordinationOptions { Limits = new CoordinationLimits { WatchesMax = 3, WatchesPerStreamMax = 2 } });
        var (one, other, third) = (narrow.Service.OpenWatchStream(), narrow.Service.OpenWatchStream(), narrow.Service.OpenWatchStream());
        foreach (var stream in (IWatchStream[])[one, one, one, other, other])
            stream.Create(new WatchCreateRequest(Bytes("a")));
        Assert.Equal([null, null, "etcdserver: too many requests"], narrow.ReadAll(one).Select(m => m.CancelReason));
        Assert.Equal([null, "etcdserver: too many requests"], narrow.ReadAll(other).Select(m => m.CancelReason));

        one.Cancel(0);
        third.Create(new WatchCreateRequest(Bytes("b")));
        Assert.Null(Assert.Single(narrow.ReadAll(third)).CancelReason);
        _ = third.DisposeAsync();
        other.Create(new WatchCreateRequest(Bytes("c")));
        Assert.Null(Assert.Single(narrow.ReadAll(other)).CancelReason);
    }

    [Fact]
    public void What_a_stream_leaves_unread_does_not_count_when_it_is_gone()
    {
        var narrow = new CoordinationFixture(new CoordinationOptions { Limits = new CoordinationLimits { WatchUnreadBytesMax = 1000 } });
        var (left, reader) = (narrow.Service.OpenWatchStream(), narrow.Service.OpenWatchStream());
        left.Create(new WatchCreateRequest(Bytes("a")));
        reader.Create(new WatchCreateRequest(Bytes("a")));
        for (var i = 0; i < 50; i++)
            narrow.Do(s => s.PutAsync(Put("a", new string('x', 200))));
        Assert.Equal(50, narrow.ReadAll(reader).Sum(m => m.Events.Count));
        _ = left.DisposeAsync();
        narrow.Machine.Settle();
        for (var i = 0; i < 4; i++)
            narrow.Do(s => s.PutAsync(Put("a", "y")));
        // Together they fit now, so that each has a message of its own.
        Assert.Equal([1, 1, 1, 1], narrow.ReadAll(reader).Select(m => m.Events.Count));
    }

    private void ApplyPuts(long index, int count, int bytes) => fixture.Machine.RunNow(() =>
    {
        for (var i = 0; i < count; i++)
            fixture.Store.Apply(index + i, CommandWriter.Put(Put("a", new string('x', bytes))));
    });

    [Theory]
    [InlineData(1, 2_000, 1 << 30)]
    [InlineData(2, 2_000, 1 << 30)]
    [InlineData(3, 2_000, 10_000)]
    [InlineData(4, 1 << 20, 5_000)]
    [InlineData(5, 1 << 20, 1)]
    public void No_event_is_lost_doubled_or_out_of_order_with_slow_readers_and_compaction(int seed, int streamBytes, int allBytes)
    {
        var options = new CoordinationOptions { WatchBufferBytesMax = streamBytes, Limits = new CoordinationLimits { WatchUnreadBytesMax = allBytes } };
        var slow = new CoordinationFixture(options, seed);
        var requests = new RandomRequests(seed);
        var model = new ReferenceStore();
        var readers = new List<Reader>();
        for (var step = 1; step < 1_500; step++)
        {
            var command = StoreModelTests.Step(requests, model, out _).ToArray();
            slow.Apply(step, command);
            if (step % 30 == 0 && readers.Count < 40)
                readers.Add(Reader.Open(slow, requests, model));
            if (requests.Random.Next(3) == 0)
                slow.Machine.Settle();
            foreach (var reader in readers.Where(_ => requests.Random.Next(10) == 0))
                reader.Read(requests.Random.Next(1, 40));
        }

        foreach (var reader in readers)
        {
            reader.Read(int.MaxValue);
            reader.Check(model);
        }

        Assert.Contains(readers, reader => reader.Seen.Count > 300);
    }

    private sealed class Reader(CoordinationFixture fixture, IWatchStream stream, WatchCreateRequest request)
    {
        private long compacted;
        private bool isCreated;

        public List<(long Revision, string Key, bool IsDelete)> Seen { get; } = [];

        public static Reader Open(CoordinationFixture fixture, RandomRequests requests, ReferenceStore model)
        {
            var random = requests.Random;
            var start = random.NextInt64(Math.Max(model.CompactRevision, 1), model.Revision + 3);
            ReadOnlyMemory<byte> end = random.Next(3) switch { 0 => default, 1 => Bytes("\0"), _ => Bytes("k08") };
            var request = new WatchCreateRequest(Bytes($"k0{random.Next(7)}"), end, start, NoDelete: random.Next(4) == 0);
            var stream = fixture.Service.OpenWatchStream();
            stream.Create(request);
            return new Reader(fixture, stream, request);
        }

        public void Read(int messages)
        {
            for (; messages > 0 && compacted == 0 && fixture.TryRead(stream) is { } message; messages--)
                Take(message);
        }

        public void Check(ReferenceStore model)
        {
            Assert.True(isCreated);
            var expected = model.Events.Where(e => e.Revision >= request.StartRevision && Holds(e.Key) && !(request.NoDelete && e.IsDelete))
                .Select(e => (e.Revision, e.Key, e.IsDelete)).ToList();
            if (compacted > 0)
            {
                // All that it missed lies behind what it saw, and begins before the compacted revision.
                Assert.True(Seen.Count == 0 || Seen[^1].Revision < compacted);
                expected = expected[..Seen.Count];
            }

            Assert.Equal(expected, Seen);
        }

        private void Take(WatchMessage message)
        {
            isCreated |= message.Kind == WatchMessageKind.Created;
            if (message.Kind == WatchMessageKind.Canceled)
                compacted = message.CompactRevision;
            Seen.AddRange(message.Events.Select(e => (e.KeyValue.ModRevision, Text(e.KeyValue.Key), e.IsDelete)));
        }

        private bool Holds(string key)
        {
            var (start, end) = (Text(request.Key), Text(request.RangeEnd));
            if (end.Length == 0)
                return key == start;
            return string.CompareOrdinal(key, start) >= 0 && (end == "\0" || string.CompareOrdinal(key, end) < 0);
        }
    }
}
