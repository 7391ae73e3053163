using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Disks;

/// <summary>A process that is gone for good is replaced by starting another one.</summary>
[Trait("Speed", "Slow")]
public sealed class ReplacementTests
{
    [Fact]
    public async Task A_dead_node_is_replaced_by_one_command_and_another_may_die_then()
    {
        await using var cluster = new NodeCluster();
        await cluster.StartAllAsync();
        await PutAsync(cluster.Address(0), "before");
        using var folder = new TemporaryFolder();
        var (peer, etcd) = ($"127.0.0.1:{FreePorts.Row(1)}", $"127.0.0.1:{FreePorts.Row(1)}");
        string[] flags =
        [
            "node", "--name", "n9", "--data", "d", "--peer-listen", peer, "--etcd-listen", etcd, "--join", cluster.PeerAddress(0),
            "--replace", "n2", "--log", "information",
        ];
        var (alive, _, errors) = await QuorateProcess.RunAsync(folder.Path, flags);
        Assert.Equal(1, alive);
        Assert.Contains("'n2' answers at", errors);

        await cluster.KillAsync(2);
        var (nobody, _, unknown) = await QuorateProcess.RunAsync(folder.Path, [.. flags[..^3], "n7", .. flags[^2..]]);
        Assert.Equal(1, nobody);
        Assert.Contains("no member 'n7'", unknown);

        // It is killed on the way, and goes on where it was.
        await using (var cut = QuorateProcess.Start(folder.Path, flags))
        {
            await cut.WaitForLineAsync("listening");
            await cut.KillAsync();
        }

        await using var joined = QuorateProcess.Start(folder.Path, flags);
        await joined.WaitForLineAsync("ready");
        await joined.WaitForErrorAsync("removed, Done");
        await cluster.KillAsync(1);
        await PutAsync(etcd, "after");
        using var client = new GrpcClient($"http://{etcd}", TimeSpan.FromSeconds(20));
        Assert.Equal("before", await client.GetAsync("before"));
        var list = await client.CallAsync("/etcdserverpb.Cluster/MemberList", []);
        Assert.Equal(3, Protobuf.All(list, 2).Count());

        // One that comes back finds that it was removed, or nobody: it serves nothing.
        var back = cluster.Launch(2);
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.DoesNotContain("ready", back.Output);
    }

    [Fact]
    public async Task A_node_that_was_down_for_long_comes_back_by_a_snapshot()
    {
        const int valueBytes = 1 << 20;
        const int puts = 120;
        await using var cluster = new NodeCluster();
        await cluster.StartAllAsync();
        await PutAsync(cluster.Address(0), "before");
        await cluster.KillAsync(2);
        using (var client = cluster.Client(await cluster.LeaderAsync(leftOut: 2), TimeSpan.FromSeconds(60)))
        {
            for (var i = 0; i < puts; i++)
                await client.PutAsync($"large/{i % 8}", $"{i}".PadRight(valueBytes));
        }

        // The log of what it missed is gone from both of the others.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        foreach (var node in (int[])[0, 1])
        {
            while (File.Exists(Path.Combine(cluster.Data(node), "wal", "00000000000000000001.wal")))
                await Task.Delay(100, limit.Token);
        }

        await cluster.RestartAsync(2);
        using var reader = cluster.Client(2, TimeSpan.FromSeconds(60));
        Assert.Equal("before", await GetAsync(reader, "before"));
        Assert.Equal($"{puts - 1}".PadRight(valueBytes), await GetAsync(reader, $"large/{(puts - 1) % 8}"));
    }

    // Until the snapshot has come the node answers that it could not in time.
    private static async Task<string?> GetAsync(GrpcClient client, string key)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                return await client.GetAsync(key);
            }
            catch (GrpcFailure) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }

    private static async Task PutAsync(string address, string value)
    {
        using var client = new GrpcClient($"http://{address}", TimeSpan.FromSeconds(20));
        await client.PutAsync(value, value);
    }
}
