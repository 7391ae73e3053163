using Quorate.Interop.Clients;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Clusters;

/// <summary>Three nodes in three processes, each of which can be killed and started again on its data.</summary>
internal sealed class NodeCluster(NodeClusterOptions options) : IAsyncDisposable
{
    public const int Size = 3;
    private static readonly TimeSpan LeaderLimit = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder folder = new();
    private readonly int etcd = FreePorts.Row(Size);
    private readonly int peer = FreePorts.Row(Size);
    private readonly QuorateProcess?[] processes = new QuorateProcess?[Size];

    public NodeCluster()
        : this(new NodeClusterOptions())
    {
    }

    public IReadOnlyList<string> Nodes => [.. Enumerable.Range(0, Size).Select(Address)];

    public string Address(int node) => $"{options.Host(node)}:{etcd + (10 * node)}";

    /// <summary>Where a node listens for the others.</summary>
    public string PeerAddress(int node) => $"{options.Host(node)}:{peer + (10 * node)}";

    /// <summary>Where a node keeps its data.</summary>
    public string Data(int node) => Path.Combine(options.Data ?? folder.Path, $"n{node}");

    public QuorateProcess Process(int node) => processes[node]!;

    public GrpcClient Client(int node, TimeSpan timeout) => new($"http://{Address(node)}", timeout, options.Connect);

    public async Task StartAllAsync()
    {
        for (var i = 0; i < Size; i++)
            Launch(i);
        foreach (var process in processes)
            await process!.WaitForLineAsync("ready");
    }

    public Task RestartAsync(int node) => Launch(node).WaitForLineAsync("ready");

    /// <summary>Starts a node and does not wait until it is ready.</summary>
    public QuorateProcess Launch(int node) => processes[node] = QuorateProcess.StartProgram(
        options.Program(node),
        options.Launcher(node),
        folder.Path,
        [
            "node",
            "--name", $"n{node}",
            "--data", Data(node),
            "--peer-listen", PeerAddress(node),
            "--etcd-listen", Address(node),
            "--cluster", string.Join(',', Enumerable.Range(0, Size).Select(i => $"n{i}={PeerAddress(i)}")),
            "--log", options.Log,
            .. options.Flags(node),
        ]);

    public Task KillAsync(int node) => processes[node]!.KillAsync();

    /// <summary>The node that leads, as it says itself; waits until there is one. Nodes left out are not asked.</summary>
    public async Task<int> LeaderAsync(int leftOut = -1)
    {
        using var limit = new CancellationTokenSource(LeaderLimit);
        while (true)
        {
            for (var i = 0; i < Size; i++)
            {
                if (i != leftOut && await LeadsAsync(i))
                    return i;
            }
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>Waits until every member has a vote; nodes left out are not asked.</summary>
    public async Task WaitForVotersAsync(int leftOut = -1)
    {
        using var limit = new CancellationTokenSource(LeaderLimit);
        using var client = Client(leftOut == 0 ? 1 : 0, TimeSpan.FromSeconds(20));
        // A member is field 2 of the list, and that it is a learner field 5 of the member.
        while (Protobuf.All(await client.CallAsync("/etcdserverpb.Cluster/MemberList", []), 2).Any(m => Protobuf.Number(m, 5) is 1))
            await Task.Delay(100, limit.Token);
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

    // A status names the node that answers (header.member_id) and the leader (field 4).
    private async Task<bool> LeadsAsync(int node)
    {
        using var client = Client(node, TimeSpan.FromSeconds(2));
        try
        {
            var status = await client.CallAsync("/etcdserverpb.Maintenance/Status", []);
            return Protobuf.Number(Protobuf.Field(status, 1)!, 2) is { } self && self == Protobuf.Number(status, 4);
        }
        catch (Exception e) when (GrpcClient.IsFailure(e))
        {
            return false;
        }
    }
}
