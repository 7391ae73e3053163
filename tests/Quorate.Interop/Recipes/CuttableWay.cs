using System.Net;
using System.Net.Sockets;
using Quorate.Interop.Clients;

namespace Quorate.Interop.Recipes;

/// <summary>Ways to endpoints on loopback that can be cut: nothing comes through any more, and nobody is told.</summary>
internal sealed class CuttableWay : IAsyncDisposable
{
    private readonly List<TcpListener> listeners = [];
    private readonly List<Task> running = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly SocketConnect? connect;
    private volatile bool isCut;

    /// <summary>Ways to these endpoints.</summary>
    /// <param name="endpoints">Addresses and ports.</param>
    /// <param name="connect">How they are reached; null for the direct way.</param>
    public CuttableWay(IEnumerable<string> endpoints, SocketConnect? connect = null)
    {
        this.connect = connect;
        foreach (var endpoint in endpoints.Select(IPEndPoint.Parse))
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            listeners.Add(listener);
            running.Add(Task.Run(() => AcceptAsync(listener, endpoint)));
        }
    }

    public IReadOnlyList<string> Endpoints => [.. listeners.Select(l => l.LocalEndpoint.ToString()!)];

    public void Cut() => isCut = true;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        foreach (var listener in listeners)
            listener.Dispose();
        Task[] all;
        lock (running)
            all = [.. running];
        await Task.WhenAll(all);
    }

    private async Task AcceptAsync(TcpListener listener, IPEndPoint endpoint)
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptTcpClientAsync(stopping.Token);
                lock (running)
                    running.Add(Task.Run(() => ConnectAsync(near, endpoint)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The end.
        }
    }

    private async Task ConnectAsync(TcpClient near, IPEndPoint endpoint)
    {
        using (near)
        {
            try
            {
                using var far = await DialAsync(endpoint);
                await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // One side is gone.
            }
        }
    }

    private async Task<TcpClient> DialAsync(IPEndPoint endpoint)
    {
        var far = new TcpClient();
        if (connect is not null)
            far.Client = await connect(new DnsEndPoint($"{endpoint.Address}", endpoint.Port), stopping.Token);
        else
            await far.ConnectAsync(endpoint, stopping.Token);
        return far;
    }

    private async Task PumpAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[16 << 10];
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer, stopping.Token)) > 0)
            {
                if (!isCut)
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, read), stopping.Token);
            }

            if (isCut)
                await Task.Delay(Timeout.InfiniteTimeSpan, stopping.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone.
        }
    }
}
