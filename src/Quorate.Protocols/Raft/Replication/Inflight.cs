namespace Quorate.Protocols.Raft.Replication;

/// <summary>The append messages that one follower was sent and has not answered: a window in messages and in bytes.</summary>
/// <remarks>Cost: a ring that grows to the window's size at most. When it is full the leader waits for answers.</remarks>
internal sealed class Inflight
{
    private readonly int messagesMax;
    private readonly long bytesMax;
    private (long LastIndex, long Bytes)[] ring = new (long, long)[4];
    private int head;

    /// <summary>Starts empty.</summary>
    /// <param name="messagesMax">The most messages.</param>
    /// <param name="bytesMax">The bytes from which on no further message is sent.</param>
    public Inflight(int messagesMax, long bytesMax)
    {
        this.messagesMax = messagesMax;
        this.bytesMax = bytesMax;
    }

    /// <summary>How many messages are not answered.</summary>
    public int Count { get; private set; }

    /// <summary>Their payload bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the next message must wait.</summary>
    public bool IsFull => Count >= messagesMax || Bytes >= bytesMax;

    /// <summary>A message as it was added, oldest first.</summary>
    /// <param name="place">Its place, from 0.</param>
    public (long LastIndex, long Bytes) this[int place] => ring[(head + place) % ring.Length];

    /// <summary>Remembers a message.</summary>
    /// <param name="lastIndex">The index of its last entry.</param>
    /// <param name="bytes">Its payload bytes.</param>
    public void Add(long lastIndex, long bytes)
    {
        if (Count == ring.Length)
            Grow();
        ring[(head + Count) % ring.Length] = (lastIndex, bytes);
        Count++;
        Bytes += bytes;
    }

    /// <summary>Forgets the messages that an answer covers.</summary>
    /// <param name="index">The last index that the follower confirmed.</param>
    public void FreeTo(long index)
    {
        while (Count > 0 && ring[head].LastIndex <= index)
        {
            Bytes -= ring[head].Bytes;
            head = (head + 1) % ring.Length;
            Count--;
        }
    }

    /// <summary>Forgets all: they may be lost.</summary>
    public void Clear()
    {
        head = 0;
        Count = 0;
        Bytes = 0;
    }

    private void Grow()
    {
        var larger = new (long, long)[ring.Length * 2];
        for (var i = 0; i < Count; i++)
            larger[i] = this[i];
        ring = larger;
        head = 0;
    }
}
