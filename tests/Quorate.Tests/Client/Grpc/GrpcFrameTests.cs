using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Client.Grpc;
using Quorate.Tests.Server.Grpc;

namespace Quorate.Tests.Client.Grpc;

public sealed class GrpcFrameTests
{
    [Fact]
    public void A_frame_that_was_cut_anywhere_is_not_read_and_nothing_is_taken()
    {
        var frame = RawGrpcClient.Frame([1, 2, 3]);
        for (var length = 0; length < frame.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(frame, 0, length);
            Assert.False(GrpcFrame.TryRead(ref buffer, 10, null, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Fact]
    public void Messages_come_out_as_they_went_in_however_the_bytes_are_split()
    {
        Prop.ForAll<byte[][], int>((messages, seed) =>
        {
            var buffer = Split([.. messages.SelectMany(m => RawGrpcClient.Frame(m ?? []))], seed);
            foreach (var message in messages)
            {
                if (!GrpcFrame.TryRead(ref buffer, 1000, null, out var read) || !read.ToArray().AsSpan().SequenceEqual(message ?? []))
                    return false;
            }
            return buffer.IsEmpty;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_message_over_the_bound_is_refused_from_its_prefix_alone()
    {
        var buffer = new ReadOnlySequence<byte>([0, 0, 0, 0, 11]);
        var error = Assert.Throws<GrpcException>(() => GrpcFrame.TryRead(ref buffer, 10, null, out _));
        Assert.Equal(GrpcCode.ResourceExhausted, error.Code);
        Assert.Equal("grpc: received message larger than max (11 vs. 10)", error.Message);
    }

    [Fact]
    public void The_largest_length_that_fits_the_prefix_is_refused_and_not_taken_as_negative()
    {
        var buffer = new ReadOnlySequence<byte>([0, 0xFF, 0xFF, 0xFF, 0xFF]);
        Assert.Equal(GrpcCode.ResourceExhausted, Assert.Throws<GrpcException>(() => GrpcFrame.TryRead(ref buffer, 10, null, out _)).Code);
    }

    [Theory]
    [InlineData(1, null, GrpcCode.Internal)]
    [InlineData(1, "identity", GrpcCode.Internal)]
    [InlineData(1, "gzip", GrpcCode.Unimplemented)]
    [InlineData(2, null, GrpcCode.Internal)]
    [InlineData(255, "gzip", GrpcCode.Internal)]
    public void A_compressed_or_unknown_flag_is_refused(byte flag, string? encoding, object code)
    {
        var buffer = new ReadOnlySequence<byte>(RawGrpcClient.Frame([1], flag));
        Assert.Equal(code, Assert.Throws<GrpcException>(() => GrpcFrame.TryRead(ref buffer, 10, encoding, out _)).Code);
    }

    private static ReadOnlySequence<byte> Split(byte[] bytes, int seed)
    {
        var random = new Random(seed);
        Segment? first = null;
        Segment? last = null;
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - at, random.Next(1, 8));
            last = new Segment(bytes.AsMemory(at, length), last);
            first ??= last;
            at += length;
        }
        return first is null ? default : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
