using FsCheck;
using FsCheck.Fluent;
using Quorate.Kernel.Encoding;
using Quorate.Protocols.Raft;

namespace Quorate.Tests.Protocols.Raft;

public sealed class RaftCodecPropertyTests
{
    [Fact]
    public void Entries_of_any_terms_and_payloads_come_back() => Prop.ForAll<AppendCase>(given =>
    {
        var request = given.ToRequest();
        var read = (AppendRequest)RoundTrip(request);
        return request with { Entries = read.Entries } == read
            && read.Entries.Count == request.Entries.Count
            && read.Entries.Zip(request.Entries).All(pair => IsSame(pair.First, pair.Second));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Short_messages_of_any_numbers_come_back() => Prop.ForAll<NumbersCase>(given =>
    {
        var (a, b, c, yes) = (given.A.Item & long.MaxValue, given.B.Item & long.MaxValue, given.C.Item & long.MaxValue, given.Yes);
        RaftMessage[] messages =
        [
            new PreVoteRequest(a, b, c), new PreVoteReply(a, yes), new VoteRequest(a, b, c, yes), new VoteReply(a, yes),
            new AppendReply(a, yes, b, c, b, c), new SnapshotReply(a, b, c, yes), new TimeoutNow(a),
        ];
        return messages.All(message => RoundTrip(message) == message);
    }).QuickCheckThrowOnFailure();

    private static RaftMessage RoundTrip(RaftMessage message)
    {
        var writer = new ByteWriter();
        RaftCodec.Write(message, writer);
        return RaftCodec.Read(writer.ToArray());
    }

    private static bool IsSame(Entry first, Entry second) =>
        (first with { Payload = default }) == (second with { Payload = default }) && first.Payload.Span.SequenceEqual(second.Payload.Span);

    public sealed record NumbersCase(DoNotSize<long> A, DoNotSize<long> B, DoNotSize<long> C, bool Yes);

    public sealed record EntryCase(bool StartsTerm, bool IsNoop, byte[] Payload);

    public sealed record AppendCase(NonNegativeInt PreviousIndex, NonNegativeInt CommitIndex, NonNegativeInt Round, EntryCase[] Entries)
    {
        public AppendRequest ToRequest()
        {
            var (term, entries) = (1L, new List<Entry>());
            foreach (var (startsTerm, isNoop, payload) in Entries)
            {
                term += startsTerm ? 1 : 0;
                entries.Add(new Entry(term, PreviousIndex.Get + entries.Count + 1, isNoop ? EntryKind.Noop : EntryKind.Command, isNoop ? default(ReadOnlyMemory<byte>) : payload));
            }

            return new AppendRequest(term, PreviousIndex.Get, Math.Min(1, PreviousIndex.Get), CommitIndex.Get, Round.Get, entries);
        }
    }
}
