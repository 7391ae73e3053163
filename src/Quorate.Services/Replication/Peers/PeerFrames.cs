using System.Buffers;
using Quorate.Kernel.Encoding;
using Quorate.Protocols.Raft;

namespace Quorate.Services.Replication.Peers;

/// <summary>What a frame between two nodes is.</summary>
/// <param name="Kind">Its kind in a word: hello, welcome, refusal, raft, request, response or cancel.</param>
/// <param name="Group">The group that it is of.</param>
/// <param name="Message">The message of the group's Raft core, where it holds one.</param>
/// <param name="Bytes">Its size.</param>
public sealed record PeerFrame(string Kind, ulong Group, RaftMessage? Message, int Bytes);

/// <summary>Reads along on one direction of a connection between two nodes, for those who look at a run from outside.</summary>
/// <remarks>
/// Guarantee: the frames as the nodes send them, wherever the bytes are cut; it never throws.
/// Cost: each frame is read once more.
/// Fails when: what flows are not frames: then it gives none from there on.
/// Source: the format of the frames is in this folder's codecs.
/// </remarks>
public sealed class PeerFrames
{
    private const int BodyBytesMax = 64 << 20;
    private byte[] rest = [];
    private byte[] scratch = [];
    private bool isLost;

    /// <summary>Takes the next bytes, and gives the frames that they complete.</summary>
    /// <param name="bytes">The next bytes of the direction.</param>
    public IReadOnlyList<PeerFrame> Take(ReadOnlySpan<byte> bytes)
    {
        var frames = new List<PeerFrame>();
        if (isLost)
            return frames;
        var input = new ReadOnlySequence<byte>([.. rest, .. bytes]);
        try
        {
            while (FrameCodec.TryTake(ref input, BodyBytesMax, ref scratch, out var body))
                frames.Add(Read(body));
            rest = input.ToArray();
        }
        catch (MalformedInputException)
        {
            isLost = true;
            rest = [];
        }
        return frames;
    }

    private static PeerFrame Read(ReadOnlyMemory<byte> body)
    {
        var reader = new ByteReader(body.Span);
        var (kind, group) = FrameCodec.ReadStart(ref reader);
        var message = kind == FrameKind.Raft ? RaftCodec.Read(body[^reader.Remaining..]) : null;
        return new PeerFrame(kind.ToString().ToLowerInvariant(), group, message, FrameCodec.HeaderBytes + body.Length);
    }
}
