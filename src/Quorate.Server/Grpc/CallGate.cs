using Quorate.Server.Listening;

namespace Quorate.Server.Grpc;

/// <summary>What all calls of an endpoint take together of its bounds. Safe to use from any thread.</summary>
/// <param name="callsMax">The most calls under way.</param>
/// <param name="bytesMax">The most bytes of requests that came in part, and of answers that wait for their readers.</param>
/// <param name="readerTimeout">How long a reader may take nothing before its call is ended.</param>
/// <param name="notice">Tells that a bound was reached.</param>
internal sealed class CallGate(int callsMax, long bytesMax, TimeSpan readerTimeout, BoundNotice notice)
{
    private int calls;
    private long bytes;

    /// <summary>How many calls are under way: those that were let in and whose answer is not taken yet.</summary>
    public int Calls => Volatile.Read(ref calls);

    /// <summary>How many bytes are held.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>How long a reader may take nothing, and a message that has begun may take to come.</summary>
    public TimeSpan ReaderTimeout => readerTimeout;

    /// <summary>Lets a call in.</summary>
    /// <returns>Whether there was room; if so, <see cref="Leave"/> must follow.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref calls) <= callsMax)
            return true;
        Leave();
        notice.Tell($"{callsMax} calls are under way (--calls-max): new ones are refused");
        return false;
    }

    /// <summary>A call that was let in is over.</summary>
    public void Leave() => Interlocked.Decrement(ref calls);

    /// <summary>Takes room for bytes.</summary>
    /// <param name="count">How many.</param>
    /// <returns>Whether there was room; if so, <see cref="Give"/> must follow.</returns>
    public bool TryTake(long count)
    {
        if (Interlocked.Add(ref bytes, count) <= bytesMax)
            return true;
        Give(count);
        notice.Tell($"{bytesMax} bytes of calls are held (--call-bytes-max): large requests and answers are refused");
        return false;
    }

    /// <summary>Gives room back.</summary>
    /// <param name="count">How many bytes.</param>
    public void Give(long count) => Interlocked.Add(ref bytes, -count);
}
