namespace Quorate.Simulation.Disks;

/// <summary>A change to a file that no sync has made durable yet.</summary>
internal sealed class PendingChange(long offset, byte[]? bytes)
{
    /// <summary>Where the bytes go; or the new length, where there are no bytes.</summary>
    public long Offset { get; private set; } = offset;

    public byte[]? Bytes { get; private set; } = bytes;

    /// <summary>A sync that failed has lost it: the file shows it until the crash, and no later sync brings it back.</summary>
    public bool IsLost { get; set; }

    public long End => Offset + (Bytes?.Length ?? 0);

    /// <summary>
    /// A later change of the same file became durable. This one is lost and only shown, and must not be shown over the later one.
    /// </summary>
    public void GiveWayTo(PendingChange later)
    {
        if (Bytes is null)
            Offset = later.Bytes is null ? later.Offset : Math.Max(Offset, later.End);
        else if (later.Bytes is null)
            Bytes = Bytes[..(int)Math.Clamp(later.Offset - Offset, 0, Bytes.Length)];
        else if (Math.Max(Offset, later.Offset) is var from && Math.Min(End, later.End) is var to && from < to)
            later.Bytes.AsSpan((int)(from - later.Offset), (int)(to - from)).CopyTo(Bytes.AsSpan((int)(from - Offset)));
    }
}
