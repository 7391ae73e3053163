namespace Quorate.Server.Grpc;

/// <summary>Counts the calls of one method. Safe to use from any thread.</summary>
internal sealed class MethodTally
{
    private const int Codes = (int)GrpcCode.Unauthenticated + 1;
    private readonly long[] handled = new long[Codes];
    private long started;
    private long received;
    private long sent;

    /// <summary>How many calls began.</summary>
    public long StartedCount => Volatile.Read(ref started);

    /// <summary>How many messages arrived over gRPC.</summary>
    public long ReceivedCount => Volatile.Read(ref received);

    /// <summary>How many messages were sent over gRPC.</summary>
    public long SentCount => Volatile.Read(ref sent);

    /// <summary>How many calls ended with a code.</summary>
    /// <param name="code">The code.</param>
    public long HandledCount(GrpcCode code) => Volatile.Read(ref handled[(int)code]);

    /// <summary>A call begins.</summary>
    public void Started() => Interlocked.Increment(ref started);

    /// <summary>A message arrived.</summary>
    public void Received() => Interlocked.Increment(ref received);

    /// <summary>Messages were sent.</summary>
    /// <param name="count">How many.</param>
    public void Sent(int count = 1) => Interlocked.Add(ref sent, count);

    /// <summary>A call ended.</summary>
    /// <param name="code">How.</param>
    public void Handled(GrpcCode code) => Interlocked.Increment(ref handled[(int)code]);
}
