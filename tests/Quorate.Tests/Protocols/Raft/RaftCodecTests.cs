using Quorate.Kernel.Encoding;
using Quorate.Protocols.Raft;

namespace Quorate.Tests.Protocols.Raft;

public sealed class RaftCodecTests
{
    private static readonly RaftMessage[] Messages =
    [
        new PreVoteRequest(1, 2, 3), new PreVoteReply(4, true), new VoteRequest(5, 6, 7, true), new VoteReply(8, false),
        new AppendReply(9, true, 10, 11, 12, 13), new SnapshotReply(14, 15, 16, true), new TimeoutNow(long.MaxValue),
        new AppendRequest(3, 5, 1, 4, 9, Bench.Entries(6, "1 2 3")),
        new SnapshotRequest(3, 5, 1, new Configuration([Bench.Id(1)], [Bench.Id(2)], [Bench.Id(3)]), 7, new byte[] { 1, 2 }, true),
    ];

    [Fact]
    public void What_is_written_reads_back_to_the_same_bytes() =>
        Assert.All(Messages, m => Assert.Equal(Bytes(m), Bytes(RaftCodec.Read(Bytes(m)))));

    [Fact]
    public void Entries_read_back_with_their_indexes()
    {
        var read = (AppendRequest)RaftCodec.Read(Bytes(Messages[7]));
        Assert.Equal([(1L, 6L), (2L, 7L), (3L, 8L)], read.Entries.Select(e => (e.Term, e.Index)));
    }

    [Fact]
    public void Every_shortened_message_is_malformed() =>
        Assert.All(Messages, m =>
        {
            var bytes = Bytes(m);
            for (var length = 0; length < bytes.Length; length++)
                Assert.Throws<MalformedInputException>(() => RaftCodec.Read(bytes.AsMemory(0, length)));
        });

    [Fact]
    public void Damaged_messages_read_or_are_malformed_and_nothing_else()
    {
        var random = new Random(1);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = Bytes(Messages[i % Messages.Length]);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                RaftCodec.Read(bytes);
            }
            catch (Exception e)
            {
                Assert.IsType<MalformedInputException>(e);
            }
        }
    }

    [Fact]
    public void Terms_that_fall_or_rise_above_the_leaders_are_malformed()
    {
        Assert.Throws<MalformedInputException>(() => RaftCodec.Read(Bytes(new AppendRequest(3, 0, 0, 0, 0, Bench.Entries(1, "2 1")))));
        Assert.Throws<MalformedInputException>(() => RaftCodec.Read(Bytes(new AppendRequest(3, 0, 0, 0, 0, Bench.Entries(1, "4")))));
    }

    private static byte[] Bytes(RaftMessage message)
    {
        var writer = new ByteWriter();
        RaftCodec.Write(message, writer);
        return writer.ToArray();
    }
}
