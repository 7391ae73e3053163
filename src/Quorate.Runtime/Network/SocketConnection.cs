using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Telemetry;

namespace Quorate.Runtime.Network;

/// <summary>
/// A TCP connection, with TLS where a stream is given. Two loops move the bytes: the receive loop fills the input pipe, the send loop
/// empties the output pipe. The send loop runs inside the flush of the writer, so that a small message is in the kernel when the flush
/// returns, without any thread hop; the strand that reads runs on the thread that received (see HandOver).
/// </summary>
internal sealed class SocketConnection : IConnection
{
    private const int ReceiveBytes = 16 * 1024;
    private const int BufferedBytesMax = 1024 * 1024;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    // The user's side of each pipe goes on inline: ContextPipeReader and ContextPipeWriter bring it to its strand.
    private static readonly PipeOptions InputOptions = Options(reader: PipeScheduler.Inline, writer: PipeScheduler.ThreadPool);
    private static readonly PipeOptions OutputOptions = Options(reader: PipeScheduler.Inline, writer: PipeScheduler.Inline);

    private readonly Socket socket;
    private readonly TlsStream? tls;
    private readonly Action<SocketConnection> onClosed;
    private readonly Pipe input = new(InputOptions);
    private readonly Pipe output = new(OutputOptions);
    private readonly SocketOperation receive = new();
    private readonly SocketOperation send = new();
    private Task receiving = Task.CompletedTask;
    private Task sending = Task.CompletedTask;

    // 0 open, 1 closing or closed; decides who releases the socket.
    private int closed;
    private int aborted;
    private int released;

    // Why the connection broke, told by the receive loop to the send loop.
    private Exception? broken;

    public SocketConnection(Socket socket, TlsStream? tls, string? peerIdentity, Action<SocketConnection> onClosed)
    {
        this.socket = socket;
        this.tls = tls;
        this.onClosed = onClosed;
        PeerIdentity = peerIdentity;
        Input = new ContextPipeReader(input.Reader);
        Output = new ContextPipeWriter(output.Writer);
        Local = Endpoints.ToAddress(socket.LocalEndPoint);
        Remote = Endpoints.ToAddress(socket.RemoteEndPoint);
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <inheritdoc/>
    public NetworkAddress Local { get; }

    /// <inheritdoc/>
    public NetworkAddress Remote { get; }

    /// <inheritdoc/>
    public string? PeerIdentity { get; }

    /// <summary>Starts both loops; called once.</summary>
    public void Start()
    {
        RuntimeMetrics.OpenConnections.Add(1);
        sending = SendLoopAsync();
        receiving = ReceiveLoopAsync();
    }

    /// <inheritdoc/>
    public void Abort()
    {
        if (Interlocked.Exchange(ref aborted, 1) != 0)
            return;
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone already, which is what was wanted.
        }

        Release();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref closed, 1) != 0)
            return;
        await output.Writer.CompleteAsync().ConfigureAwait(false);
        await input.Reader.CompleteAsync().ConfigureAwait(false);
        try
        {
            await sending.WaitAsync(CloseTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Abort();
        }

        _ = LingerAsync();
    }

    private static PipeOptions Options(PipeScheduler reader, PipeScheduler writer) => new(
        readerScheduler: reader, writerScheduler: writer, pauseWriterThreshold: BufferedBytesMax,
        resumeWriterThreshold: BufferedBytesMax / 2, minimumSegmentSize: ReceiveBytes, useSynchronizationContext: false);

    /// <summary>
    /// Closing a socket that holds unread bytes resets it, and the reset may overtake what was sent. So what the peer still sends is
    /// read and dropped until it closes too, for a while.
    /// </summary>
    private async Task LingerAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(CloseTimeout);
            await receiving.WaitAsync(patience.Token).ConfigureAwait(false);
            var scrap = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
            while (Volatile.Read(ref aborted) == 0 && await socket.ReceiveAsync(scrap, patience.Token).ConfigureAwait(false) > 0)
            {
            }

            ArrayPool<byte>.Shared.Return(scrap);
        }
        catch (Exception)
        {
            // Reset or out of patience: the connection ends either way.
        }

        Release();
        await Task.WhenAll(receiving, sending).ConfigureAwait(false);
        receive.Dispose();
        send.Dispose();
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref released, 1) != 0)
            return;
        RuntimeMetrics.OpenConnections.Add(-1);
        socket.Dispose();
        onClosed(this);
    }

    private async Task ReceiveLoopAsync()
    {
        var writer = input.Writer;
        Exception? error = null;
        try
        {
            while (true)
            {
                var buffer = writer.GetMemory(ReceiveBytes / 4);
                var count = tls is null
                    ? await receive.ReceiveAsync(socket, buffer).ConfigureAwait(false)
                    : await tls.ReadAsync(buffer).ConfigureAwait(false);
                if (count == 0 && tls is { WasCutOff: true })
                    throw new IOException("the peer was cut off in the middle of a stream: its bytes ended, and it did not say so");
                if (count == 0)
                    break;
                writer.Advance(count);
                var flushed = await writer.FlushAsync().ConfigureAwait(false);
                if (flushed.IsCompleted)
                    break;
            }
        }
        catch (Exception e)
        {
            error = NetworkErrors.Broken(Remote, e);
        }

        await writer.CompleteAsync(error).ConfigureAwait(false);
        if (error is not null)
            BreakOutput(error);
    }

    /// <summary>A reset ends both directions: a writer that waits for room learns of it, too.</summary>
    private void BreakOutput(Exception error)
    {
        Volatile.Write(ref broken, error);
        output.Reader.CancelPendingRead();
        Release();
    }

    private async Task SendLoopAsync()
    {
        var reader = output.Reader;
        Exception? error = null;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync().ConfigureAwait(false);
                if (Volatile.Read(ref broken) is { } reason)
                {
                    error = reason;
                    break;
                }

                foreach (var segment in read.Buffer)
                    await SendAllAsync(segment).ConfigureAwait(false);
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    await FinishSendingAsync().ConfigureAwait(false);
                    break;
                }
            }
        }
        catch (Exception e)
        {
            error = e as IOException ?? NetworkErrors.Broken(Remote, e);
        }

        await reader.CompleteAsync(error).ConfigureAwait(false);
        if (error is not null)
            Release();
    }

    private async ValueTask SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        if (tls is not null)
        {
            await tls.WriteAsync(bytes).ConfigureAwait(false);
            return;
        }

        while (bytes.Length > 0)
            bytes = bytes[await send.SendAsync(socket, bytes).ConfigureAwait(false)..];
    }

    private async ValueTask FinishSendingAsync()
    {
        if (tls is not null)
            await tls.ShutdownAsync().ConfigureAwait(false);
        socket.Shutdown(SocketShutdown.Send);
    }
}
