using System.Net;
using System.Net.Sockets;
using Quorate.Kernel.Machines;

namespace Quorate.Runtime.Network;

/// <summary>The operating system's network. What is open when it is disposed is reset.</summary>
internal sealed class SocketNetwork(ITelemetry telemetry, TlsHandshake? tls) : INetwork, IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly HashSet<object> open = [];
    private bool disposed;

    /// <inheritdoc/>
    public async ValueTask<IConnection> ConnectAsync(NetworkAddress remote, CancellationToken cancellationToken = default)
    {
        try
        {
            var addresses = await Endpoints.ResolveAsync(remote.Host, cancellationToken).ConfigureAwait(false);
            var socket = await ConnectAnyAsync(addresses, remote.Port, cancellationToken).ConfigureAwait(false);
            return await EstablishAsync(socket, remote.Host, server: false, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (e is not ObjectDisposedException || !disposed)
        {
            throw NetworkErrors.Connecting(remote, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IListener> ListenAsync(NetworkAddress local, CancellationToken cancellationToken = default)
    {
        var socket = await BindAsync(local, SocketType.Stream, ProtocolType.Tcp, cancellationToken).ConfigureAwait(false);
        try
        {
            socket.Listen(SocketListener.BacklogMax);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw NetworkErrors.Listening(local, e);
        }

        var listener = new SocketListener(socket, telemetry, AcceptAsync, Forget);
        Track(listener);
        listener.Start();
        return listener;
    }

    /// <inheritdoc/>
    public async ValueTask<IDatagramSocket> BindAsync(NetworkAddress local, CancellationToken cancellationToken = default)
    {
        var socket = await BindAsync(local, SocketType.Dgram, ProtocolType.Udp, cancellationToken).ConfigureAwait(false);
        var datagrams = new DatagramSocket(socket, Forget);
        Track(datagrams);
        return datagrams;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        object[] left;
        lock (gate)
        {
            disposed = true;
            left = [.. open];
        }

        foreach (var one in left)
        {
            if (one is IConnection connection)
                connection.Abort();
            else
                await ((IAsyncDisposable)one).DisposeAsync().ConfigureAwait(false);
        }
    }

    private Task<IConnection> AcceptAsync(Socket socket, CancellationToken cancellationToken) =>
        EstablishAsync(socket, "", server: true, cancellationToken);

    private async Task<IConnection> EstablishAsync(Socket socket, string host, bool server, CancellationToken cancellationToken)
    {
        TlsStream? stream = null;
        try
        {
            socket.NoDelay = true;
            string? peer = null;
            if (tls is not null)
                (stream, peer) = await tls.RunAsync(socket, host, server, cancellationToken).ConfigureAwait(false);
            var connection = new SocketConnection(socket, stream, peer, Forget);
            Track(connection);
            connection.Start();
            return connection;
        }
        catch
        {
            stream?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Socket> ConnectAnyAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], port), cancellationToken).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException) when (i < addresses.Length - 1)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private static async Task<Socket> BindAsync(
        NetworkAddress local, SocketType type, ProtocolType protocol, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            var address = (await Endpoints.ResolveAsync(local.Host, cancellationToken).ConfigureAwait(false))[0];
            socket = new Socket(address.AddressFamily, type, protocol);
            socket.Bind(new IPEndPoint(address, local.Port));
            return socket;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket?.Dispose();
            throw NetworkErrors.Listening(local, e);
        }
    }

    private void Track(object one)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            open.Add(one);
        }
    }

    private void Forget(object one)
    {
        lock (gate)
            open.Remove(one);
    }
}
