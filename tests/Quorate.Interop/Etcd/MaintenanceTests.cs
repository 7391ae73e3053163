using System.Text.Json;
using Quorate.Interop.Clients;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Etcd;

/// <summary>What those who run a cluster do with etcdctl, and <c>quorate restore</c>.</summary>
[Trait("Speed", "Slow")]
public sealed class MaintenanceTests
{
    [Fact]
    public async Task Hashes_agree_the_lead_moves_and_alarms_are_listed_and_disarmed()
    {
        Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
        await using var cluster = new UpCluster();
        await cluster.InitializeAsync();
        var ctl = cluster.Etcdctl;
        for (var i = 0; i < 20; i++)
            await ctl.DoAsync("put", $"k{i % 7}", $"{i}");
        var hashes = JsonDocument.Parse(await ctl.DoAsync("endpoint", "hashkv", "--rev", "15", "-w", "json")).RootElement.EnumerateArray()
            .Select(e => e.GetProperty("HashKV").GetProperty("hash").GetUInt32()).ToList();
        Assert.Equal((3, 1), (hashes.Count, hashes.Distinct().Count()));

        var (leader, follower) = await LeaderAndFollowerAsync(cluster);
        Assert.Contains("bad leader transferee", await new Etcdctl(leader.Address).FailAsync("move-leader", "5"));
        await new Etcdctl(leader.Address).DoAsync("move-leader", $"{follower.Id:x}");
        Assert.Equal(follower.Id, (await LeaderAndFollowerAsync(cluster)).Leader.Id);

        Assert.Equal("", await ctl.DoAsync("alarm", "list"));
        Assert.Contains("Finished defragmenting", await ctl.DoAsync("defrag"));
        Assert.Contains("is healthy", (await ctl.RunAsync(null, "endpoint", "health")).Errors + await ctl.DoAsync("endpoint", "health"));
    }

    [Fact]
    public async Task A_used_up_quota_refuses_puts_until_there_is_room_and_the_alarm_is_disarmed()
    {
        Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
        using var folder = new TemporaryFolder();
        var (etcd, peer) = (FreePorts.Row(1), FreePorts.Row(1));
        await using var node = QuorateProcess.Start(
            folder.Path, "up", "--nodes", "1", "--etcd", $"{etcd}", "--peer", $"{peer}", "--quota-bytes", "400000");
        await node.WaitForLineAsync("ready");
        var ctl = new Etcdctl($"127.0.0.1:{etcd}");
        var value = new string('x', 50_000);
        string? refusal = null;
        for (var i = 0; i < 20 && refusal is null; i++)
        {
            var (exit, _, errors) = await ctl.RunAsync(null, "put", "large", value);
            refusal = exit == 0 ? null : errors;
        }

        Assert.Contains("etcdserver: mvcc: database space exceeded", refusal);
        Assert.Contains("alarm:NOSPACE", await ctl.DoAsync("alarm", "list"));
        Assert.Contains("alarm:NOSPACE", await ctl.DoAsync("endpoint", "status"));
        await ctl.DoAsync("del", "large");
        var revision = JsonDocument.Parse(await ctl.DoAsync("get", "x", "-w", "json")).RootElement.GetProperty("header").GetProperty("revision");
        await ctl.DoAsync("compaction", "--physical", revision.ToString());
        Assert.Contains("database space exceeded", await ctl.FailAsync("put", "a", "1"));
        Assert.Contains("alarm:NOSPACE", await ctl.DoAsync("alarm", "disarm"));
        Assert.Equal("OK", await ctl.DoAsync("put", "a", "1"));
    }

    [Fact]
    public async Task A_saved_cluster_is_restored_as_a_new_one()
    {
        Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "saved");
        await using (var cluster = new UpCluster())
        {
            await cluster.InitializeAsync();
            var ctl = new Etcdctl(cluster.Nodes[0]);
            await ctl.DoAsync("put", "kept", "old");
            await ctl.DoAsync("put", "kept", "new");
            var lease = (await ctl.DoAsync("lease", "grant", "600")).Split(' ')[1];
            await ctl.DoAsync("put", "--lease", lease, "leased", "x");
            await ctl.DoAsync("snapshot", "save", file);
            await ctl.DoAsync("put", "later", "x");
        }

        var (exit, output, errors) = await QuorateProcess.RunAsync(folder.Path, "restore", file, "--data", "restored");
        Assert.True(exit == 0, errors);
        Assert.Contains("restored n3 in", output);
        (exit, _, errors) = await QuorateProcess.RunAsync(folder.Path, "restore", file, "--data", "restored");
        Assert.Equal(1, exit);
        Assert.Contains("is not empty", errors);
        var (etcd, peer) = (FreePorts.Row(3), FreePorts.Row(3));
        await using (var restored = QuorateProcess.Start(folder.Path, "up", "--data", "restored", "--etcd", $"{etcd}", "--peer", $"{peer}"))
        {
            await restored.WaitForLineAsync("ready");
            foreach (var port in (int[])[etcd, etcd + 10, etcd + 20])
            {
                var ctl = new Etcdctl($"127.0.0.1:{port}");
                Assert.Equal("new", await ctl.DoAsync("get", "kept", "--print-value-only"));
                Assert.Equal("old", await ctl.DoAsync("get", "kept", "--rev", "2", "--print-value-only"));
                Assert.Equal("", await ctl.DoAsync("get", "later"));
                Assert.Contains("found 1 leases", await ctl.DoAsync("lease", "list"));
            }

            await new Etcdctl($"127.0.0.1:{etcd + 10}").DoAsync("put", "goes", "on");
            Assert.Equal("on", await new Etcdctl($"127.0.0.1:{etcd}").DoAsync("get", "goes", "--print-value-only"));
        }

        await RefuseAsync(folder.Path, file);
    }

    private static async Task RefuseAsync(string folder, string file)
    {
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[700] ^= 1;
        await File.WriteAllBytesAsync(file + ".changed", bytes);
        var (exit, _, errors) = await QuorateProcess.RunAsync(folder, "restore", file + ".changed", "--data", "other");
        Assert.Equal(1, exit);
        Assert.Contains("saved.changed cannot be restored: its checksum is wrong", errors);
        Assert.False(Directory.Exists(Path.Combine(folder, "other")));
        (exit, _, errors) = await QuorateProcess.RunAsync(folder, "restore", file, "--data", "other", "--name", "n1");
        Assert.Equal(3, exit);
        Assert.Contains("--name needs --cluster", errors);
        string[] stranger = ["restore", file, "--data", "other", "--name", "n9", "--cluster", "n1=127.0.0.1:1"];
        (exit, _, errors) = await QuorateProcess.RunAsync(folder, stranger);
        Assert.Equal(3, exit);
        Assert.Contains("'n9' is not one of the cluster's members", errors);
        (exit, _, errors) = await QuorateProcess.RunAsync(folder, "restore", "missing", "--data", "other");
        Assert.Equal(1, exit);
    }

    private static async Task<((string Address, ulong Id) Leader, (string Address, ulong Id) Follower)> LeaderAndFollowerAsync(UpCluster cluster)
    {
        var (leader, follower) = (("", 0ul), ("", 0ul));
        foreach (var node in cluster.Nodes)
        {
            var status = JsonDocument.Parse(await new Etcdctl(node).DoAsync("endpoint", "status", "-w", "json")).RootElement[0].GetProperty("Status");
            var id = status.GetProperty("header").GetProperty("member_id").GetUInt64();
            if (status.GetProperty("leader").GetUInt64() == id)
                leader = (node, id);
            else
                follower = (node, id);
        }

        return (leader, follower);
    }
}
