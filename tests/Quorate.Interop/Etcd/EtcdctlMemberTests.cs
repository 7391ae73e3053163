using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Etcd;

/// <summary>Members that come and go, by etcdctl and with real processes that are killed.</summary>
[Trait("Speed", "Slow")]
public sealed class EtcdctlMemberTests
{
    [Fact]
    public async Task A_dead_node_is_replaced_and_its_successor_survives_the_death_of_another()
    {
        Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
        await using var cluster = new NodeCluster();
        await cluster.StartAllAsync();
        var ctl = new Etcdctl(string.Join(',', cluster.Nodes));
        await ctl.DoAsync("put", "a", "1");
        var (peer, etcd) = ($"127.0.0.1:{FreePorts.Row(1)}", $"127.0.0.1:{FreePorts.Row(1)}");
        using var folder = new TemporaryFolder();
        string[] flags = ["node", "--name", "n9", "--data", "d", "--peer-listen", peer, "--etcd-listen", etcd, "--join", cluster.PeerAddress(0)];

        var (exit, _, errors) = await QuorateProcess.RunAsync(folder.Path, flags);
        Assert.Equal(1, exit);
        Assert.Contains($"etcdctl member add n9 --peer-urls=http://{peer}", errors);

        Assert.StartsWith("Member ", await ctl.DoAsync("member", "add", "n9", $"--peer-urls=http://{peer}"));
        Assert.Contains("etcdserver: Peer URLs already exists", await ctl.FailAsync("member", "add", "x", $"--peer-urls=http://{peer}"));
        Assert.Contains(", unstarted, , ", await ctl.DoAsync("member", "list"));
        await using var joined = QuorateProcess.Start(folder.Path, flags);
        await joined.WaitForLineAsync("ready");
        await UntilAsync(ctl, list => list.Split('\n').Any(line => line.Contains(", started, n9, ") && line.EndsWith("false")));
        Assert.Equal("a\n1", await new Etcdctl(etcd).DoAsync("get", "a"));

        await cluster.KillAsync(0);
        var survivors = new Etcdctl($"{cluster.Address(1)},{cluster.Address(2)},{etcd}");
        await survivors.DoAsync("member", "remove", IdOf(await survivors.DoAsync("member", "list"), "n0"));
        await cluster.KillAsync(1);
        await survivors.DoAsync("put", "a", "2");
        Assert.Contains(
            "etcdserver: unhealthy cluster",
            await survivors.FailAsync("member", "remove", IdOf(await survivors.DoAsync("member", "list"), "n2")));

        await joined.KillAsync();
        await using var again = QuorateProcess.Start(folder.Path, flags);
        await again.WaitForLineAsync("ready");
        Assert.Equal("a\n2", await new Etcdctl(etcd).DoAsync("get", "a"));
    }

    [Fact]
    public async Task A_learner_is_added_and_promoted_and_a_node_without_its_data_is_turned_away()
    {
        Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
        await using var cluster = new NodeCluster();
        await cluster.StartAllAsync();
        var ctl = new Etcdctl(string.Join(',', cluster.Nodes));
        var (peer, etcd) = ($"127.0.0.1:{FreePorts.Row(1)}", $"127.0.0.1:{FreePorts.Row(1)}");
        using var folder = new TemporaryFolder();
        string[] flags = ["node", "--name", "n9", "--data", "d", "--peer-listen", peer, "--etcd-listen", etcd, "--join", cluster.PeerAddress(1)];
        await ctl.DoAsync("member", "add", "n9", "--learner", $"--peer-urls=http://{peer}");
        var unstarted = IdOf(await ctl.DoAsync("member", "list"), "");
        Assert.Contains("in sync with leader", await ctl.FailAsync("member", "promote", unstarted));
        await using (var joined = QuorateProcess.Start(folder.Path, flags))
        {
            await joined.WaitForLineAsync("ready");
            await UntilAsync(ctl, list => list.Split('\n').Any(line => line.Contains(", started, n9, ") && line.EndsWith("true")));
            await ctl.DoAsync("member", "promote", unstarted);
            Assert.Contains("can only promote a learner member", await ctl.FailAsync("member", "promote", unstarted));
        }

        Directory.Delete(Path.Combine(folder.Path, "d"), recursive: true);
        var (exit, _, errors) = await QuorateProcess.RunAsync(folder.Path, flags);
        Assert.Equal(1, exit);
        Assert.Contains("has run before, and its data is not here", errors);
        await ctl.DoAsync("member", "remove", unstarted);
        Assert.Contains("etcdserver: member not found", await ctl.FailAsync("member", "remove", unstarted));
    }

    private static async Task UntilAsync(Etcdctl ctl, Func<string, bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds(await ctl.DoAsync("member", "list")))
            await Task.Delay(100, limit.Token);
    }

    private static string IdOf(string list, string name) => list.Split('\n').First(line => line.Split(", ")[2] == name).Split(',')[0];
}
