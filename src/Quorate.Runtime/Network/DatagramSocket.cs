using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Quorate.Kernel.Machines;

namespace Quorate.Runtime.Network;

/// <summary>A UDP socket. Sending never waits: what the kernel cannot take now is dropped, as the network may drop it anyway.</summary>
internal sealed class DatagramSocket : IDatagramSocket
{
    // Addresses whose form for the kernel is kept; when it is full it starts over.
    private const int KnownMax = 1024;

    private readonly Socket socket;
    private readonly Action<object> onClosed;
    private readonly Lock gate = new();
    private readonly Dictionary<NetworkAddress, SocketAddress> known = [];
    private readonly CancellationTokenSource stop = new();
    private readonly IPEndPoint template;
    private int disposed;

    public DatagramSocket(Socket socket, Action<object> onClosed)
    {
        this.socket = socket;
        this.onClosed = onClosed;
        socket.Blocking = false;
        Local = Endpoints.ToAddress(socket.LocalEndPoint);
        template = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <inheritdoc/>
    public NetworkAddress Local { get; }

    /// <inheritdoc/>
    public void Send(NetworkAddress to, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > IDatagramSocket.PayloadBytesMax)
            throw new ArgumentException($"{payload.Length} bytes do not fit one datagram of {IDatagramSocket.PayloadBytesMax}.", nameof(payload));
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        if (Find(to) is not { } target)
            return;
        try
        {
            socket.SendTo(payload, SocketFlags.None, target);
        }
        catch (SocketException)
        {
            // The kernel's buffer is full or there is no way there: the datagram is lost.
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Datagram> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        var buffer = ArrayPool<byte>.Shared.Rent(IDatagramSocket.PayloadBytesMax);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, cancellationToken);
        try
        {
            var from = new SocketAddress(socket.AddressFamily);
            var count = await socket.ReceiveFromAsync(buffer, SocketFlags.None, from, either.Token).ConfigureAwait(false);
            return new Datagram(Endpoints.ToAddress(template.Create(from)), buffer.AsSpan(0, count).ToArray());
        }
        catch (Exception e) when (Volatile.Read(ref disposed) != 0 && e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            throw new ObjectDisposedException($"The datagram socket on {Local} is closed.", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return ValueTask.CompletedTask;
        stop.Cancel();
        socket.Dispose();
        onClosed(this);
        return ValueTask.CompletedTask;
    }

    private SocketAddress? Find(NetworkAddress to)
    {
        lock (gate)
        {
            if (known.TryGetValue(to, out var target))
                return target;
        }

        if (Endpoints.TryLiteral(to.Host, out var literal))
            return Remember(to, literal);
        // A name is looked up beside; datagrams sent meanwhile are lost.
        _ = LookUpAsync(to);
        return null;
    }

    private async Task LookUpAsync(NetworkAddress to)
    {
        try
        {
            Remember(to, (await Endpoints.ResolveAsync(to.Host, stop.Token).ConfigureAwait(false))[0]);
        }
        catch (Exception)
        {
            // A host that is not known gets nothing.
        }
    }

    private SocketAddress Remember(NetworkAddress to, IPAddress address)
    {
        var target = new IPEndPoint(address, to.Port).Serialize();
        lock (gate)
        {
            if (known.Count >= KnownMax)
                known.Clear();
            known[to] = target;
        }

        return target;
    }
}
