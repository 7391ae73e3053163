using System.Net.Sockets;
using System.Threading.Channels;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Telemetry;

namespace Quorate.Runtime.Network;

/// <summary>Accepts sockets, runs their handshakes beside each other, and queues the connections that came through.</summary>
internal sealed class SocketListener : IListener
{
    /// <summary>Connections that the kernel keeps for us; it refuses or delays further ones.</summary>
    public const int BacklogMax = 512;

    // Handshakes at once, and accepted connections that nobody took yet; beyond it the oldest handshake is given up for one more.
    private const int WaitingMax = 256;
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(100);

    private readonly Socket socket;
    private readonly ITelemetry telemetry;
    private readonly Func<Socket, CancellationToken, Task<IConnection>> establish;
    private readonly Action<object> onClosed;
    private readonly SemaphoreSlim room = new(WaitingMax);
    private readonly Channel<IConnection> ready = Channel.CreateBounded<IConnection>(WaitingMax);
    private readonly CancellationTokenSource stop = new();
    private readonly Lock sync = new();
    private readonly LinkedList<CancellationTokenSource> handshakes = [];
    private int disposed;

    public SocketListener(
        Socket socket, ITelemetry telemetry, Func<Socket, CancellationToken, Task<IConnection>> establish, Action<object> onClosed)
    {
        this.socket = socket;
        this.telemetry = telemetry;
        this.establish = establish;
        this.onClosed = onClosed;
        Local = Endpoints.ToAddress(socket.LocalEndPoint);
    }

    /// <inheritdoc/>
    public NetworkAddress Local { get; }

    /// <summary>Starts to accept; called once.</summary>
    public void Start() => _ = AcceptLoopAsync();

    /// <inheritdoc/>
    public async ValueTask<IConnection> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await ready.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException($"The listener on {Local} is closed.");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return ValueTask.CompletedTask;
        stop.Cancel();
        socket.Dispose();
        ready.Writer.TryComplete();
        while (ready.Reader.TryRead(out var unwanted))
            unwanted.Abort();
        onClosed(this);
        return ValueTask.CompletedTask;
    }

    private async Task AcceptLoopAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (room.CurrentCount == 0)
                    GiveUpOldestHandshake();
                await room.WaitAsync(stop.Token).ConfigureAwait(false);
                _ = EstablishAsync(await socket.AcceptAsync(stop.Token).ConfigureAwait(false));
            }
            catch (SocketException e) when (!stop.IsCancellationRequested)
            {
                // The peer was gone before it was accepted, or the process is out of descriptors: neither ends the listener.
                room.Release();
                telemetry.Record(Severity.Warning, "network", $"Accepting on {Local} failed and goes on: {e.SocketErrorCode}.");
                await Task.Delay(PauseAfterError).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task<IConnection> ShakeHandsAsync(Socket accepted)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        LinkedListNode<CancellationTokenSource> place;
        lock (sync)
            place = handshakes.AddLast(ending);
        try
        {
            return await establish(accepted, ending.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (sync)
            {
                if (place.List is not null)
                    handshakes.Remove(place);
            }
        }
    }

    // Strangers that say nothing would else keep those out that would be done at once.
    private void GiveUpOldestHandshake()
    {
        // Within the lock: outside of it the handshake may end and dispose of this.
        lock (sync)
        {
            if (handshakes.First is not { } oldest)
                return;
            handshakes.Remove(oldest);
            oldest.Value.CancelAfter(TimeSpan.Zero);
        }
    }

    private async Task EstablishAsync(Socket accepted)
    {
        var from = Endpoints.ToAddress(accepted.RemoteEndPoint);
        try
        {
            var connection = await ShakeHandsAsync(accepted).ConfigureAwait(false);
            try
            {
                await ready.Writer.WriteAsync(connection, stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
            {
                connection.Abort();
            }
        }
        catch (Exception e)
        {
            RuntimeMetrics.RefusedHandshakes.Add(1);
            telemetry.Record(Severity.Warning, "network", $"A connection from {from} to {Local} was refused: {e.GetType().Name}: {e.Message}");
        }
        finally
        {
            room.Release();
        }
    }
}
