using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Quorate.Runtime.Strands;

namespace Quorate.Runtime.Network;

/// <summary>
/// One reusable asynchronous socket operation: awaiting it allocates nothing, and what it wakes runs on the thread that learned of its
/// end (see <see cref="HandOver"/>). One operation at a time.
/// </summary>
internal sealed class SocketOperation() : SocketAsyncEventArgs(true), IValueTaskSource<int>
{
    private static readonly Action<object?> Finished = static _ => { };

    private Action<object?>? continuation;
    private object? continuationState;
    private Action<object?>? waitingContinuation;
    private Action? resume;

    /// <summary>Receives into the buffer; 0 at the end of the stream.</summary>
    public ValueTask<int> ReceiveAsync(Socket socket, Memory<byte> buffer)
    {
        SetBuffer(buffer);
        return socket.ReceiveAsync(this) ? new ValueTask<int>(this, 0) : AtOnce();
    }

    /// <summary>Sends some or all of the buffer; tries at once, and waits only when the socket's own buffer is full.</summary>
    public ValueTask<int> SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        SetBuffer(System.Runtime.InteropServices.MemoryMarshal.AsMemory(bytes));
        return socket.SendAsync(this) ? new ValueTask<int>(this, 0) : AtOnce();
    }

    /// <inheritdoc/>
    public int GetResult(short token)
    {
        continuation = null;
        continuationState = null;
        return SocketError == SocketError.Success ? BytesTransferred : throw new SocketException((int)SocketError);
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token)
    {
        if (!ReferenceEquals(Volatile.Read(ref continuation), Finished))
            return ValueTaskSourceStatus.Pending;
        return SocketError == SocketError.Success ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Faulted;
    }

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        // Awaited only by the connection's own loops, which never want a context.
        continuationState = state;
        if (Interlocked.CompareExchange(ref this.continuation, continuation, null) is not null)
            ThreadPool.UnsafeQueueUserWorkItem(continuation, state, preferLocal: true);
    }

    /// <inheritdoc/>
    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        if (Interlocked.Exchange(ref continuation, Finished) is { } waiting)
        {
            waitingContinuation = waiting;
            HandOver.Run(resume ??= Resume);
        }
    }

    private void Resume()
    {
        var waiting = waitingContinuation!;
        waitingContinuation = null;
        waiting(continuationState);
    }

    private ValueTask<int> AtOnce() => SocketError == SocketError.Success
        ? new ValueTask<int>(BytesTransferred)
        : ValueTask.FromException<int>(new SocketException((int)SocketError));
}
