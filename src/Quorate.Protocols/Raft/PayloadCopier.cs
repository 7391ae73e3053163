namespace Quorate.Protocols.Raft;

/// <summary>Copies the payloads of a message out of a buffer that is used again: into runs of memory that are neither one object each nor
/// so large that one payload keeps much else alive.</summary>
/// <param name="inputBytes">How many bytes the message has.</param>
internal sealed class PayloadCopier(int inputBytes)
{
    private const int RunBytesMax = 32 << 10;

    private byte[] run = [];
    private int used;
    private int left = inputBytes;

    /// <summary>Copies a payload.</summary>
    /// <param name="payload">The payload.</param>
    public ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> payload)
    {
        if (run.Length - used < payload.Length)
        {
            run = GC.AllocateUninitializedArray<byte>(Math.Max(Math.Min(left, RunBytesMax), payload.Length));
            used = 0;
        }

        var copy = run.AsMemory(used, payload.Length);
        payload.CopyTo(copy.Span);
        used += payload.Length;
        left -= payload.Length;
        return copy;
    }
}
