using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Disks;

/// <summary>Two of three processes are lost for good, with their data; the third is made a new cluster.</summary>
[Trait("Speed", "Slow")]
public sealed class RecoveryTests
{
    [Fact]
    public async Task A_cluster_is_recovered_from_one_survivor_and_grows_again_and_an_old_member_is_refused()
    {
        await using var cluster = new NodeCluster();
        await cluster.StartAllAsync();
        using (var client = cluster.Client(0, TimeSpan.FromSeconds(20)))
        {
            for (var i = 0; i < 100; i++)
                await client.PutAsync($"k/{i}", $"{i}");
        }

        for (var i = 0; i < NodeCluster.Size; i++)
            await cluster.KillAsync(i);
        using var folder = new TemporaryFolder();
        var (etcd, joinedEtcd) = ($"127.0.0.1:{FreePorts.Row(1)}", $"127.0.0.1:{FreePorts.Row(1)}");
        // Where an old member still looks for it.
        var peer = cluster.PeerAddress(1);
        string[] recover = ["recover", cluster.Data(1), "--data", "r", "--name", "n1", "--peer-listen", peer, "--cluster-name", "second"];
        var (refused, told, errors) = await QuorateProcess.RunAsync(folder.Path, recover);
        Assert.Equal(3, refused);
        Assert.Contains("one of 3 voters", told);
        Assert.Contains("is lost", told);
        Assert.Contains("--yes", errors);
        Assert.False(Directory.Exists(folder["r"]));

        var (exit, done, why) = await QuorateProcess.RunAsync(folder.Path, [.. recover, "--yes"]);
        Assert.True(exit == 0, why);
        Assert.Contains("recovered n1", done);
        await using var first = QuorateProcess.Start(
            folder.Path, "node", "--name", "n1", "--data", "r", "--peer-listen", peer, "--etcd-listen", etcd, "--cluster", $"n1={peer}",
            "--cluster-name", "second");
        await first.WaitForLineAsync("ready");
        await ExpectAsync(etcd, "k/99", "99");

        // One that comes back by accident finds nobody of its cluster, and changes nothing there.
        var old = cluster.Launch(0);
        await first.WaitForErrorAsync("is of cluster");
        Assert.DoesNotContain("ready", old.Output);
        await old.KillAsync();

        // The cluster of one takes a new member, which catches up.
        await AddAsync(etcd, $"127.0.0.1:{FreePorts.Row(1)}", joinedEtcd, folder.Path, peer, async () =>
        {
            await ExpectAsync(joinedEtcd, "k/0", "0");
            using var client = new GrpcClient($"http://{joinedEtcd}", TimeSpan.FromSeconds(20));
            await client.PutAsync("new", "1");
        });
        var (again, _, taken) = await QuorateProcess.RunAsync(folder.Path, [.. recover, "--yes"]);
        Assert.Equal(1, again);
        Assert.Contains("is not empty", taken);
    }

    [Fact]
    public async Task What_is_no_nodes_folder_is_refused_and_so_is_the_old_clusters_identity()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["empty"]);
        var (exit, _, errors) = await QuorateProcess.RunAsync(
            folder.Path, "recover", "empty", "--data", "r", "--name", "n1", "--peer-listen", "127.0.0.1:7000", "--yes");
        Assert.Equal(1, exit);
        Assert.Contains("no folder of a node", errors);

        var (peer, etcd) = ($"127.0.0.1:{FreePorts.Row(1)}", $"127.0.0.1:{FreePorts.Row(1)}");
        string[] flags = ["node", "--name", "n1", "--data", "one", "--peer-listen", peer, "--etcd-listen", etcd, "--cluster", $"n1={peer}"];
        await using (var node = QuorateProcess.Start(folder.Path, flags))
        {
            await node.WaitForLineAsync("ready");
            Assert.Equal(0, await node.StopAsync());
        }

        string[] same = ["recover", "one", "--data", "r", "--name", "n1", "--peer-listen", peer, "--cluster-name", "quorate", "--yes"];
        (exit, _, errors) = await QuorateProcess.RunAsync(folder.Path, same);
        Assert.Equal(1, exit);
        Assert.Contains("the old one's identity", errors);
    }

    private static async Task AddAsync(string etcd, string peer, string ownEtcd, string folder, string join, Func<Task> then)
    {
        using (var client = new GrpcClient($"http://{etcd}", TimeSpan.FromSeconds(20)))
            await client.CallAsync("/etcdserverpb.Cluster/MemberAdd", Protobuf.Bytes(1, $"http://{peer}"));
        await using var joined = QuorateProcess.Start(
            folder, "node", "--name", "n7", "--data", "j", "--peer-listen", peer, "--etcd-listen", ownEtcd, "--join", join);
        await joined.WaitForLineAsync("ready");
        await then();
    }

    private static async Task ExpectAsync(string address, string key, string value)
    {
        using var client = new GrpcClient($"http://{address}", TimeSpan.FromSeconds(20));
        Assert.Equal(value, await client.GetAsync(key));
    }
}
