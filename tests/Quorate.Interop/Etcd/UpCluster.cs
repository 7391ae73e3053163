using Quorate.Interop.Clients;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Etcd;

/// <summary>One <c>quorate up</c> for all tests of a class.</summary>
public sealed class UpCluster : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private QuorateProcess process = null!;

    /// <summary>The address of each node.</summary>
    internal string[] Nodes { get; private set; } = [];

    internal Etcdctl Etcdctl => new(string.Join(',', Nodes));

    internal string Ready { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var (etcd, peer) = (FreePorts.Row(3), FreePorts.Row(3));
        process = QuorateProcess.Start(folder.Path, "up", "--etcd", $"{etcd}", "--peer", $"{peer}");
        Ready = await process.WaitForLineAsync("ready");
        Nodes = [.. Enumerable.Range(0, 3).Select(i => $"127.0.0.1:{etcd + (10 * i)}")];
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }
}
