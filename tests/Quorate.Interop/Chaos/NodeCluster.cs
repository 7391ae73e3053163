using Quorate.Interop.Clients;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Chaos;

/// <summary>Three nodes in three processes, each of which can be killed and started again on its data.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    public const int Size = 3;

    private readonly TemporaryFolder folder = new();
    private readonly int etcd = FreePorts.Row(Size);
    private readonly int peer = FreePorts.Row(Size);
    private readonly QuorateProcess?[] processes = new QuorateProcess?[Size];

    public IReadOnlyList<string> Nodes => [.. Enumerable.Range(0, Size).Select(Address)];

    public string Address(int node) => $"127.0.0.1:{etcd + (10 * node)}";

    public async Task StartAllAsync()
    {
        for (var i = 0; i < Size; i++)
            processes[i] = Launch(i);
        foreach (var process in processes)
            await process!.WaitForLineAsync("ready");
    }

    public Task RestartAsync(int node)
    {
        processes[node] = Launch(node);
        return processes[node]!.WaitForLineAsync("ready");
    }

    public Task KillAsync(int node) => processes[node]!.KillAsync();

    /// <summary>The node that leads, as one of the others tells; waits until there is one.</summary>
    public async Task<int> LeaderAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            for (var i = 0; i < Size; i++)
            {
                if (await LeadsAsync(i))
                    return i;
            }
            await Task.Delay(50, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            if (process is not null)
                await process.DisposeAsync();
        }
        folder.Dispose();
    }

    private QuorateProcess Launch(int node) => QuorateProcess.Start(
        folder.Path,
        "node",
        "--name", $"n{node}",
        "--data", folder[$"n{node}"],
        "--peer-listen", Peer(node),
        "--etcd-listen", Address(node),
        "--cluster", string.Join(',', Enumerable.Range(0, Size).Select(i => $"n{i}={Peer(i)}")),
        "--log", "error");

    private string Peer(int node) => $"127.0.0.1:{peer + (10 * node)}";

    // A status names the node that answers (header.member_id) and the leader (field 4).
    private async Task<bool> LeadsAsync(int node)
    {
        using var client = new GrpcClient($"http://{Address(node)}", TimeSpan.FromSeconds(2));
        try
        {
            var status = await client.CallAsync("/etcdserverpb.Maintenance/Status", []);
            return Protobuf.Number(Protobuf.Field(status, 1)!, 2) is { } self && self == Protobuf.Number(status, 4);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or GrpcFailure)
        {
            return false;
        }
    }
}
