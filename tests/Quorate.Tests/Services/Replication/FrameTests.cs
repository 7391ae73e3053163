using System.Buffers;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Services.Replication.Peers;

namespace Quorate.Tests.Services.Replication;

public sealed class FrameTests
{
    private byte[] scratch = [];

    [Fact]
    public void Frames_come_out_as_they_went_in_wherever_the_stream_is_cut()
    {
        var random = new Random(1);
        var writer = new ByteWriter();
        var bodies = new List<byte[]>();
        for (var i = 0; i < 50; i++)
        {
            var body = new byte[random.Next(0, 300)];
            random.NextBytes(body);
            bodies.Add(body);
            var start = FrameCodec.Begin(writer, FrameKind.Raft, (ulong)i);
            writer.WriteRaw(body);
            FrameCodec.End(writer, start);
        }

        var taken = 0;
        var arrived = new byte[0];
        for (var at = 0; at < writer.Length;)
        {
            var count = Math.Min(random.Next(1, 200), writer.Length - at);
            arrived = [.. arrived, .. writer.WrittenSpan.Slice(at, count)];
            at += count;
            var input = new ReadOnlySequence<byte>(arrived);
            while (FrameCodec.TryTake(ref input, 1000, ref scratch, out var body))
            {
                var reader = new ByteReader(body.Span);
                Assert.Equal((FrameKind.Raft, (ulong)taken), FrameCodec.ReadStart(ref reader));
                Assert.Equal(bodies[taken++], body[reader.Position..].ToArray());
            }

            arrived = input.ToArray();
        }

        Assert.Equal(50, taken);
    }

    [Fact]
    public void Any_changed_bit_is_noticed()
    {
        var writer = new ByteWriter();
        var start = FrameCodec.Begin(writer, FrameKind.Request, 3);
        writer.WriteString("something to carry");
        FrameCodec.End(writer, start);
        for (var bit = 0; bit < writer.Length * 8; bit++)
        {
            var bytes = writer.ToArray();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var input = new ReadOnlySequence<byte>(bytes);
            try
            {
                Assert.False(FrameCodec.TryTake(ref input, 100, ref scratch, out _), $"bit {bit} was not noticed");
            }
            catch (MalformedInputException)
            {
                // Noticed.
            }
        }
    }

    [Fact]
    public void A_frame_over_the_bound_is_refused_before_it_arrives()
    {
        var writer = new ByteWriter();
        writer.WriteUInt32(1001);
        writer.WriteUInt32(0);
        var input = new ReadOnlySequence<byte>(writer.ToArray());
        Assert.Throws<MalformedInputException>(() => FrameCodec.TryTake(ref input, 1000, ref scratch, out _));
    }

    [Fact]
    public void A_refusal_says_why_and_rubbish_is_malformed()
    {
        var writer = new ByteWriter();
        Handshake.WriteRefusal(writer, "wrong cluster");
        var refused = Assert.Throws<HandshakeRefusedException>(
            () => Handshake.Read(writer.WrittenSpan[FrameCodec.HeaderBytes..], FrameKind.Welcome));
        Assert.Equal("wrong cluster", refused.Message);
        writer.Clear();
        new Handshake(9, new NodeId(1), new NodeId(2), "a:1").Write(writer, FrameKind.Hello);
        Assert.Equal(
            new Handshake(9, new NodeId(1), new NodeId(2), "a:1"),
            Handshake.Read(writer.WrittenSpan[FrameCodec.HeaderBytes..], FrameKind.Hello));
        var random = new Random(5);
        for (var i = 0; i < 3000; i++)
        {
            var bytes = writer.WrittenSpan[FrameCodec.HeaderBytes..].ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            Tolerate(() => Handshake.Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)), FrameKind.Hello));
        }
    }

    private static void Tolerate(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is MalformedInputException or HandshakeRefusedException)
        {
            // The two ways to refuse.
        }
    }
}
