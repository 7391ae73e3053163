using System.IO.Pipelines;
using System.Net.Sockets;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Certificates;
using Quorate.Runtime.Machines;
using Quorate.Runtime.Network;
using Quorate.Tests.Runtime.Certificates;

namespace Quorate.Tests.Runtime.Network;

/// <summary>An end that the peer did not say is no end of the stream: on this machine as on the simulated one.</summary>
public sealed class TlsEndTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TestAuthority certificates = new();

    public void Dispose() => certificates.Dispose();

    [Fact]
    public async Task Bytes_that_end_without_a_closing_alert_are_an_error() =>
        await Assert.ThrowsAnyAsync<IOException>(() => ReadToEndAsync((_, socket) =>
        {
            socket.Shutdown(SocketShutdown.Send);
            return Task.CompletedTask;
        }));

    [Fact]
    public async Task A_closing_alert_ends_the_stream_cleanly() =>
        Assert.Equal(3, await ReadToEndAsync(async (stream, socket) =>
        {
            await stream.ShutdownAsync();
            socket.Shutdown(SocketShutdown.Send);
        }));

    /// <summary>Sends three bytes to a machine and ends as told.</summary>
    /// <returns>How many bytes the machine read up to the end.</returns>
    private async Task<long> ReadToEndAsync(Func<TlsStream, Socket, Task> end)
    {
        await using var server = new RealMachine(new RealMachineOptions { Name = "server", Tls = Options("server") });
        await using var listener = await server.Network.ListenAsync(new NetworkAddress("127.0.0.1", 0));
        var accept = listener.AcceptAsync().AsTask();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", listener.Local.Port);
        var (stream, _) = await new TlsHandshake(Options("client")).RunAsync(socket, "server", server: false, default);
        await using var connection = await accept.WaitAsync(Patience);
        await stream.WriteAsync(new byte[3]);
        await end(stream, socket);
        var read = await connection.Input.ReadAtLeastAsync(100).AsTask().WaitAsync(Patience);
        Assert.True(read.IsCompleted);
        return read.Buffer.Length;
    }

    private TlsOptions Options(string name) => new() { Certificates = new GivenCertificates(certificates.Issue(name), certificates.Authorities) };
}
