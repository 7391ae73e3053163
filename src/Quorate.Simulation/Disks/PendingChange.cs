namespace Quorate.Simulation.Disks;

/// <summary>A change to a file that no sync has made durable yet.</summary>
internal sealed class PendingChange(long offset, byte[]? bytes)
{
    /// <summary>Where the bytes go; or the new length, where there are no bytes.</summary>
    public long Offset { get; } = offset;

    public byte[]? Bytes { get; } = bytes;

    /// <summary>A sync that failed has lost it: the file shows it until the crash, and no later sync brings it back.</summary>
    public bool IsLost { get; set; }

    public long End => Offset + (Bytes?.Length ?? 0);
}
