using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Quorate.Server.Listening;

/// <summary>Bounds the connections. One too many is told why in the protocol that it speaks, and closed; the others go on.</summary>
/// <param name="next">What serves a connection.</param>
/// <param name="connectionsMax">The most connections.</param>
/// <param name="canTell">Whether a client can be told without a handshake of TLS.</param>
/// <param name="notice">Tells that the bound was reached.</param>
/// <remarks>Source: RFC 9113, sections 6.8 and 7 (GOAWAY, ENHANCE_YOUR_CALM); RFC 9110, section 15.6.4 (503).</remarks>
internal sealed class ConnectionGate(ConnectionDelegate next, int connectionsMax, bool canTell, BoundNotice notice)
{
    // Those that are told at once; further ones are cut off.
    private const int ToldMax = 256;
    private static readonly TimeSpan TellingTimeout = TimeSpan.FromSeconds(1);

    private readonly byte[] goAway = GoAway(connectionsMax);
    private readonly byte[] unavailable = Unavailable(connectionsMax);
    private int connections;
    private int told;

    /// <summary>Serves a connection, or refuses it.</summary>
    /// <param name="connection">The connection.</param>
    public async Task ServeAsync(ConnectionContext connection)
    {
        try
        {
            if (Interlocked.Increment(ref connections) <= connectionsMax)
            {
                await next(connection);
                return;
            }
        }
        finally
        {
            Interlocked.Decrement(ref connections);
        }

        notice.Tell($"{connectionsMax} connections are open (--connections-max): new ones are refused");
        await RefuseAsync(connection);
    }

    private async Task RefuseAsync(ConnectionContext connection)
    {
        try
        {
            if (canTell && Interlocked.Increment(ref told) <= ToldMax)
                await TellAsync(connection);
            connection.Abort(new ConnectionAbortedException("There are too many connections."));
        }
        finally
        {
            if (canTell)
                Interlocked.Decrement(ref told);
        }
    }

    private async Task TellAsync(ConnectionContext connection)
    {
        if (await ProtocolChoice.IsHttp2Async(connection, TellingTimeout) is not { } isHttp2)
            return;
        using var patience = new CancellationTokenSource(TellingTimeout);
        try
        {
            await connection.Transport.Output.WriteAsync(isHttp2 ? goAway : unavailable, patience.Token);
            await connection.Transport.Output.CompleteAsync();
            // A connection that is closed with something unread is reset, and the reset may overtake the answer.
            for (var read = default(ReadResult); !read.IsCompleted; connection.Transport.Input.AdvanceTo(read.Buffer.End))
                read = await connection.Transport.Input.ReadAsync(patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // It is gone, or does not go: it is cut off.
        }
    }

    private static string Why(int connectionsMax) => $"too many connections: this node serves at most {connectionsMax}";

    private static byte[] GoAway(int connectionsMax)
    {
        const byte Settings = 4, Away = 7, Calm = 0xB;
        var why = Encoding.ASCII.GetBytes(Why(connectionsMax));
        // A server's first frame is SETTINGS. GOAWAY holds the last stream that was looked at, an error code and a text.
        return
        [
            0, 0, 0, Settings, 0, 0, 0, 0, 0,
            0, 0, (byte)(8 + why.Length), Away, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, Calm, .. why,
        ];
    }

    private static byte[] Unavailable(int connectionsMax)
    {
        var why = Why(connectionsMax) + "\n";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: {why.Length}\r\nConnection: close\r\n\r\n{why}");
    }
}
