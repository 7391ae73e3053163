using Quorate.Kernel.Encoding;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Peers;

namespace Quorate.Tests.Services.Replication;

public sealed class PeerFramesTests
{
    [Fact]
    public void Frames_are_read_wherever_the_bytes_are_cut()
    {
        var bytes = Frames(new VoteRequest(3, 9, 2, false), new AppendReply(3, true, 7, 0, 0, 1), new TimeoutNow(4));
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var frames = new PeerFrames();
            var read = frames.Take(bytes.AsSpan(0, cut)).Concat(frames.Take(bytes.AsSpan(cut))).ToList();

            Assert.Equal([new VoteRequest(3, 9, 2, false), new AppendReply(3, true, 7, 0, 0, 1), new TimeoutNow(4)], read.Select(f => f.Message));
            Assert.All(read, f => Assert.Equal(("raft", 5UL), (f.Kind, f.Group)));
            Assert.Equal(bytes.Length, read.Sum(f => f.Bytes));
        }
    }

    [Fact]
    public void What_are_no_frames_gives_none_and_never_throws()
    {
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = random.Next(3) == 0 ? new byte[random.Next(100)] : Frames(new TimeoutNow(4));
            if (bytes.Length > 0)
                bytes[random.Next(bytes.Length)] ^= (byte)(1 + random.Next(255));
            var frames = new PeerFrames();
            frames.Take(bytes);
            frames.Take(bytes);
        }
    }

    [Fact]
    public void After_what_is_no_frame_nothing_is_read_any_more()
    {
        var frames = new PeerFrames();
        Assert.Empty(frames.Take(new byte[20]));
        Assert.Empty(frames.Take(Frames(new TimeoutNow(4))));
    }

    private static byte[] Frames(params RaftMessage[] messages)
    {
        var writer = new ByteWriter();
        foreach (var message in messages)
        {
            var start = FrameCodec.Begin(writer, FrameKind.Raft, 5);
            RaftCodec.Write(message, writer);
            FrameCodec.End(writer, start);
        }

        return writer.WrittenSpan.ToArray();
    }
}
