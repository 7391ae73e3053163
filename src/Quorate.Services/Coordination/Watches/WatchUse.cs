namespace Quorate.Services.Coordination.Watches;

/// <summary>What the watches of all streams take of their bounds. Unread bytes are counted from any thread, the rest on the hub's strand.</summary>
/// <param name="limits">The bounds.</param>
internal sealed class WatchUse(WatchLimits limits)
{
    private long unreadBytes;
    private long keyBytes;

    /// <summary>How many watches there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether no more may wait for readers.</summary>
    public bool IsUnreadFull => Interlocked.Read(ref unreadBytes) >= limits.AllBytesMax;

    /// <summary>Whether there is room for a watch.</summary>
    /// <param name="request">The watch.</param>
    public bool HasRoomFor(WatchCreateRequest request) =>
        Count < limits.AllWatchesMax && keyBytes + request.Key.Length + request.RangeEnd.Length <= limits.AllKeyBytesMax;

    /// <summary>A watch begins.</summary>
    /// <param name="watcher">The watch.</param>
    public void Add(Watcher watcher)
    {
        Count++;
        keyBytes += watcher.KeyBytes;
    }

    /// <summary>A watch ends.</summary>
    /// <param name="watcher">The watch.</param>
    public void Remove(Watcher watcher)
    {
        Count--;
        keyBytes -= watcher.KeyBytes;
    }

    /// <summary>Bytes begin or cease to wait for a reader.</summary>
    /// <param name="bytes">How many; less than none for those that cease to.</param>
    public void Wait(long bytes) => Interlocked.Add(ref unreadBytes, bytes);
}
