using System.Net;
using System.Net.Sockets;
using System.Text;
using Quorate.Interop.Clients;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Cli;

/// <summary>How a process of nodes ends: asked once, asked twice, and by itself.</summary>
public sealed class StopTests : IAsyncDisposable
{
    private const int ValueBytes = 1 << 20;
    private static readonly string[] BothCommands = ["up", "node"];

    private readonly TemporaryFolder folder = new();
    private readonly int etcd = FreePorts.Row(3);
    private readonly int peer = FreePorts.Row(3);
    private QuorateProcess? process;

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Asked_once_it_stops_cleanly_and_starts_again_on_its_data()
    {
        await StartAsync();
        await PutAsync("stop/a", "1");
        Assert.Equal(0, await process!.StopAsync());
        Assert.EndsWith("stopping", process.Output);
        Assert.Equal("", process.Errors);
        await StartAsync();
        using var client = new GrpcClient($"http://127.0.0.1:{etcd}", TimeSpan.FromSeconds(20));
        Assert.Equal("1", await client.GetAsync("stop/a"));
    }

    [Fact]
    public async Task Asked_twice_it_ends_at_once()
    {
        await StartAsync();
        // A call that never ends: stopping gives it some time.
        using var connection = await OpenCallAsync();
        process!.SendInterrupt();
        await process.WaitForLineAsync("stopping");
        process.SendInterrupt();
        Assert.Equal(130, await process.ExitCodeAsync());
    }

    [Fact]
    public async Task A_node_whose_disk_fails_ends_the_process_with_one_line()
    {
        await StartAsync();
        Directory.Delete(Path.Combine(folder["quorate-data"], "n2", "wal"), recursive: true);
        var puts = PutUntilRefusedAsync();
        Assert.Equal(1, await process!.ExitCodeAsync());
        await puts;
        var told = process.Errors.Split('\n').Single(l => l.StartsWith("quorate: ", StringComparison.Ordinal));
        Assert.StartsWith("quorate: node n2 had to stop: ", told);
    }

    [Fact]
    public async Task Help_tells_the_exit_codes()
    {
        foreach (var command in BothCommands)
        {
            var (exit, output, _) = await QuorateProcess.RunAsync(folder.Path, command, "--help");
            Assert.Equal(0, exit);
            Assert.Contains("Exit codes:", output);
        }
    }

    private async Task StartAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        process = QuorateProcess.Start(folder.Path, "up", "--etcd", $"{etcd}", "--peer", $"{peer}");
        await process.WaitForLineAsync("ready");
    }

    private async Task PutAsync(string key, string value)
    {
        using var client = new GrpcClient($"http://127.0.0.1:{etcd}", TimeSpan.FromSeconds(20));
        await client.PutAsync(key, value);
    }

    // A log takes its next segment from its folder, which is gone.
    private async Task PutUntilRefusedAsync()
    {
        try
        {
            while (true)
                await PutAsync("stop/large", new string('x', ValueBytes));
        }
        catch (Exception e) when (GrpcClient.IsFailure(e))
        {
            // The process ends.
        }
    }

    // The head of an HTTP/2 request whose body never comes: RFC 9113, sections 3.4 and 6.2; names are literals of RFC 7541.
    private async Task<TcpClient> OpenCallAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, etcd);
        List<byte> headers = [0x83, 0x86]; // :method POST, :scheme http
        headers.AddRange([0x04, .. Text("/etcdserverpb.KV/Put"), 0x01, .. Text("localhost")]);
        headers.AddRange([0x0F, 0x10, .. Text("application/grpc")]);
        byte[] frame = [0, 0, (byte)headers.Count, 1, 4, 0, 0, 0, 1, .. headers];
        byte[] settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        await client.GetStream().WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. settings, .. frame]);
        // The server's settings, and its answer to ours.
        await client.GetStream().ReadAtLeastAsync(new byte[256], 9);
        return client;
    }

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}
