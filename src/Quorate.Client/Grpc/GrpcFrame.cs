using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Quorate.Client.Grpc;

/// <summary>
/// A message on a gRPC stream: one byte that says whether it is compressed, four bytes of length (big-endian), and the message.
/// </summary>
/// <remarks>
/// Source: grpc/doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message". The texts of the errors are grpc-go's, which clients'
/// users know.
/// </remarks>
internal static class GrpcFrame
{
    /// <summary>The bytes before a message.</summary>
    public const int PrefixBytes = 5;

    /// <summary>Takes one message off the front of a buffer.</summary>
    /// <param name="buffer">What has arrived; shortened by the frame when there was a whole one.</param>
    /// <param name="bytesMax">The largest message that is accepted.</param>
    /// <param name="encoding">The value of the header <c>grpc-encoding</c>, or null.</param>
    /// <param name="message">The message, as a part of the buffer.</param>
    /// <returns>Whether the buffer began with a whole frame.</returns>
    /// <exception cref="GrpcException">The frame is malformed, compressed or too large; it is refused from its prefix alone.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int bytesMax, string? encoding, out ReadOnlySequence<byte> message)
    {
        message = default;
        if (buffer.Length < PrefixBytes)
            return false;
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        var length = Length(prefix, bytesMax, encoding);
        if (buffer.Length < PrefixBytes + length)
            return false;
        message = buffer.Slice(PrefixBytes, length);
        buffer = buffer.Slice(PrefixBytes + length);
        return true;
    }

    /// <summary>How long the message behind a prefix is.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="bytesMax">The largest message that is accepted.</param>
    /// <param name="encoding">The value of the header <c>grpc-encoding</c>, or null.</param>
    /// <exception cref="GrpcException">The frame is malformed, compressed or too large.</exception>
    public static int Length(ReadOnlySpan<byte> prefix, int bytesMax, string? encoding)
    {
        if (prefix[0] != 0)
            ThrowCompressed(prefix[0], encoding);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > (uint)bytesMax)
            throw new GrpcException(GrpcCode.ResourceExhausted, $"grpc: received message larger than max ({length} vs. {bytesMax})");
        return (int)length;
    }

    /// <summary>Writes a message with its prefix.</summary>
    /// <param name="message">What to write.</param>
    /// <param name="output">Where to.</param>
    public static void Write(IMessage message, IBufferWriter<byte> output)
    {
        WritePrefix(message.CalculateSize(), output);
        message.WriteTo(output);
    }

    /// <summary>A message with its prefix.</summary>
    /// <param name="message">The message.</param>
    public static byte[] ToArray(IMessage message)
    {
        var frame = new byte[PrefixBytes + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - PrefixBytes);
        message.WriteTo(frame.AsSpan(PrefixBytes));
        return frame;
    }

    /// <summary>Writes the prefix of a message of this length.</summary>
    /// <param name="length">The length of the message that follows, in bytes.</param>
    /// <param name="output">Where to.</param>
    public static void WritePrefix(int length, IBufferWriter<byte> output)
    {
        var prefix = output.GetSpan(PrefixBytes);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], length);
        output.Advance(PrefixBytes);
    }

    private static void ThrowCompressed(byte flag, string? encoding)
    {
        if (flag != 1)
            throw new GrpcException(GrpcCode.Internal, $"grpc: received unexpected payload format {flag}");
        if (encoding is null or "" or "identity")
            throw new GrpcException(GrpcCode.Internal, "grpc: compressed flag set with identity or empty encoding");
        throw new GrpcException(GrpcCode.Unimplemented, $"grpc: Decompressor is not installed for grpc-encoding \"{encoding}\"");
    }
}
