using System.IO.Pipelines;
using Quorate.Kernel.Encoding;

namespace Quorate.Services.Replication.Peers;

/// <summary>Reads frames off a connection.</summary>
internal sealed class FrameReader(PipeReader input, int frameBytesMax)
{
    private const int KeptScratchBytes = 2 << 20;

    private byte[] scratch = [];

    /// <summary>Reads one frame and leaves the rest unread.</summary>
    /// <returns>The body, in memory of its own, or null when the other end closed.</returns>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadOneAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var found = FrameCodec.TryTake(ref buffer, frameBytesMax, ref scratch, out var body);
            var own = found ? body.ToArray() : null;
            input.AdvanceTo(buffer.Start, found ? buffer.Start : buffer.End);
            if (found)
                return own;
            if (result.IsCompleted || result.IsCanceled)
                return null;
        }
    }

    /// <summary>Reads frames until the other end closes.</summary>
    /// <param name="take">Takes a body, which is valid only during the call.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="MalformedInputException">What arrived is not frames, or the taker refused one.</exception>
    public async ValueTask ReadAllAsync(Action<ReadOnlyMemory<byte>> take, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (FrameCodec.TryTake(ref buffer, frameBytesMax, ref scratch, out var body))
                take(body);
            if (scratch.Length > KeptScratchBytes)
                scratch = [];
            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || result.IsCanceled)
                return;
        }
    }
}
