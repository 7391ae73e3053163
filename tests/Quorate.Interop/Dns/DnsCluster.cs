using Quorate.Interop.Clients;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Dns;

/// <summary>One <c>quorate up --dns</c> for all tests of a class.</summary>
public sealed class DnsCluster : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private QuorateProcess process = null!;

    internal Etcdctl Etcdctl { get; private set; } = null!;

    /// <summary>One for each node.</summary>
    internal Dig[] Digs { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        var (etcd, peer) = (FreePorts.Row(3), FreePorts.Row(3));
        process = QuorateProcess.Start(folder.Path, "up", "--etcd", $"{etcd}", "--peer", $"{peer}", "--dns", "127.0.0.1:0");
        var line = await process.WaitForLineAsync("dns ");
        await process.WaitForLineAsync("ready");
        Digs = [.. line.Split(' ').Skip(1).Select(word => new Dig(word[(word.IndexOf('=') + 1)..]))];
        Etcdctl = new Etcdctl(string.Join(',', Enumerable.Range(0, 3).Select(i => $"127.0.0.1:{etcd + (10 * i)}")));
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }
}
