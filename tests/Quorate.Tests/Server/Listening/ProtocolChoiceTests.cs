using System.Net.Sockets;
using System.Text;
using Quorate.Kernel.Machines;
using Quorate.Server.Etcd;
using Quorate.Tests.Server.Etcd;

namespace Quorate.Tests.Server.Listening;

/// <summary>HTTP/1.1 and HTTP/2 on one port without TLS, told apart by their first bytes however these arrive.</summary>
public sealed class ProtocolChoiceTests : IAsyncLifetime
{
    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private EtcdEndpoint endpoint = null!;

    public async ValueTask InitializeAsync() => endpoint = await EtcdEndpoint.StartAsync(
        new OpenAccess(new InMemoryCoordination()), new EtcdEndpointOptions { Listen = new NetworkAddress("127.0.0.1", 0) });

    public ValueTask DisposeAsync() => endpoint.DisposeAsync();

    [Theory]
    [InlineData("GET /health HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200")]
    [InlineData("PUT /v3/kv/range HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 405")]
    [InlineData("PROPFIND /x HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404")]
    [InlineData("NONSENSE\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("X", "")]
    public async Task A_request_that_comes_byte_by_byte_is_one_of_HTTP_1(string request, string answer)
    {
        var got = await SendAsync(Encoding.ASCII.GetBytes(request), answer.Length, close: answer.Length == 0);
        Assert.Equal(answer, Encoding.ASCII.GetString(got));
    }

    [Fact]
    public async Task The_preface_that_comes_byte_by_byte_is_answered_with_settings()
    {
        // An empty SETTINGS frame follows; RFC 9113, section 6.5: its answer has type 4 at the fourth byte.
        var got = await SendAsync([.. Encoding.ASCII.GetBytes(Preface), 0, 0, 0, 4, 0, 0, 0, 0, 0], 9, close: false);
        Assert.Equal(4, got[3]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PR")]
    public async Task A_connection_that_ends_before_it_says_what_it_is_is_closed(string begin)
    {
        Assert.Empty(await SendAsync(Encoding.ASCII.GetBytes(begin), 1, close: true));
        // And the endpoint stops although one is open that says nothing.
        using var silent = new TcpClient();
        await silent.ConnectAsync("127.0.0.1", endpoint.Local.Port);
        await endpoint.DisposeAsync().AsTask().WaitAsync(Limit);
    }

    private async Task<byte[]> SendAsync(byte[] bytes, int answerBytes, bool close)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", endpoint.Local.Port);
        var stream = client.GetStream();
        try
        {
            foreach (var b in bytes)
            {
                stream.WriteByte(b);
                await Task.Yield();
            }
        }
        catch (IOException)
        {
            // The server may have answered and gone before the last byte.
        }

        if (close)
            client.Client.Shutdown(SocketShutdown.Send);
        var answer = new byte[answerBytes];
        try
        {
            var count = await stream.ReadAtLeastAsync(answer, answerBytes, throwOnEndOfStream: false).AsTask().WaitAsync(Limit);
            return answer[..count];
        }
        catch (IOException) when (close)
        {
            return [];
        }
    }
}
