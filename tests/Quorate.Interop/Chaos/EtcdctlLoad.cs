using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;

namespace Quorate.Interop.Chaos;

/// <summary>etcd's own client puts a new key again and again, and remembers what it was told is there.</summary>
internal sealed class EtcdctlLoad : IAsyncDisposable
{
    private const string Prefix = "etcdctl/";

    private readonly Etcdctl client;
    private readonly CancellationTokenSource stop = new();
    private readonly HashSet<string> acknowledged = [];
    private readonly Task running;

    public EtcdctlLoad(NodeCluster cluster)
    {
        client = new Etcdctl(string.Join(',', cluster.Nodes), "--command-timeout", "8s", "--dial-timeout", "2s");
        running = Task.Run(RunAsync);
    }

    /// <summary>Ends the load, and fails where something acknowledged is missing.</summary>
    public async Task EndAsync()
    {
        await stop.CancelAsync();
        await running;
        Assert.NotEmpty(acknowledged);
        var found = (await client.DoAsync("get", "--prefix", Prefix, "--keys-only")).Split('\n').ToHashSet();
        Assert.Empty(acknowledged.Except(found));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            if ((await client.RunAsync(null, "put", $"{Prefix}{i}", "1")).Exit == 0)
                acknowledged.Add($"{Prefix}{i}");
        }
    }
}
