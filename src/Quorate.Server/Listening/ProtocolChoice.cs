using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Quorate.Server.Listening;

/// <summary>
/// Has HTTP/2 and HTTP/1.1 share a port without TLS: a client of HTTP/2 with prior knowledge begins with a fixed text, which no request of
/// HTTP/1.1 does.
/// </summary>
/// <param name="next">What serves the connection.</param>
/// <param name="patience">A connection on which nothing comes for so long is closed.</param>
/// <remarks>
/// The web server chooses between the two by what TLS negotiated (ALPN), and by nothing else where there is no TLS. So the answer is put where
/// TLS would have put it; the bytes that were looked at stay where they are.
/// Source: RFC 9113, section 3.4 (the connection preface).
/// </remarks>
internal sealed class ProtocolChoice(ConnectionDelegate next, TimeSpan patience)
{
    // "PRI" and no more: the methods PROPFIND, PROPPATCH and PRI differ in the third byte, and a single request line may be short.
    private static readonly byte[] Preface = "PRI"u8.ToArray();

    /// <summary>Looks at a connection's first bytes and serves it.</summary>
    /// <param name="connection">The connection.</param>
    public async Task ServeAsync(ConnectionContext connection)
    {
        if (await IsHttp2Async(connection, patience) is not { } isHttp2)
        {
            connection.Abort();
            return;
        }

        connection.Features.Set<ITlsApplicationProtocolFeature>(new Chosen(isHttp2));
        // Without this feature the web server does not look at the other.
        connection.Features.Set<ITlsConnectionFeature>(new NoCertificate());
        await next(connection);
    }

    /// <summary>Looks at a connection's first bytes, and leaves them there.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="patience">How long they may take.</param>
    /// <returns>Null when nothing came that could tell.</returns>
    public static async ValueTask<bool?> IsHttp2Async(ConnectionContext connection, TimeSpan patience)
    {
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(closing, connection.ConnectionClosed);
        ending.CancelAfter(patience);
        var input = connection.Transport.Input;
        try
        {
            for (var seen = 0L; ;)
            {
                var read = await input.ReadAsync(ending.Token);
                var answer = Look(read);
                // What was examined before must stay so, and where more is there the next read must return at once.
                input.AdvanceTo(read.Buffer.Start, answer is null ? read.Buffer.End : read.Buffer.GetPosition(seen));
                if (answer is not null || read.IsCompleted)
                    return answer;
                seen = read.Buffer.Length;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            return null;
        }
    }

    private static bool? Look(ReadResult read)
    {
        var begin = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, Preface.Length)).ToArray();
        if (!Preface.AsSpan().StartsWith(begin))
            return false;
        return begin.Length == Preface.Length ? true : null;
    }

    private sealed class Chosen(bool isHttp2) : ITlsApplicationProtocolFeature
    {
        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = isHttp2 ? "h2"u8.ToArray() : "http/1.1"u8.ToArray();
    }

    private sealed class NoCertificate : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(null);
    }
}
