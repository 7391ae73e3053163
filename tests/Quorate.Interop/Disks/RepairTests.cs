using System.Text.RegularExpressions;
using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;

namespace Quorate.Interop.Disks;

/// <summary>Three processes, one of which finds other bytes on its disk than it wrote, and takes its data anew from the others.</summary>
[Trait("Speed", "Slow")]
public sealed class RepairTests
{
    private const int Puts = 60;

    [Theory]
    [InlineData("wal", 0.5)]
    [InlineData("wal", 0.0)]
    [InlineData("quorate.id", 0.3)]
    public async Task A_flipped_bit_is_found_at_the_start_and_the_node_made_whole(string part, double at)
    {
        await using var cluster = new NodeCluster();
        await cluster.StartAllAsync();
        await PutAsync(cluster, 0, "before");
        Assert.Equal(0, await cluster.Process(2).StopAsync());
        var file = Directory.Exists(Path.Combine(cluster.Data(2), part))
            ? Directory.GetFiles(Path.Combine(cluster.Data(2), part)).Order().First() : Path.Combine(cluster.Data(2), part);
        BitFlip.AtRest(file, at);
        await PutAsync(cluster, 1, "meanwhile");

        await cluster.RestartAsync(2);
        if (part == "wal")
            Assert.Matches(
                $"takes its data anew from its peers: wal/{Regex.Escape(Path.GetFileName(file))} is corrupt at offset [0-9]+",
                cluster.Process(2).Errors);
        await PutAsync(cluster, 2, "after");
        foreach (var node in Enumerable.Range(0, NodeCluster.Size))
        {
            using var client = cluster.Client(node, TimeSpan.FromSeconds(20));
            foreach (var value in (string[])["before", "meanwhile", "after"])
                Assert.Equal(value, await client.GetAsync($"{value}/{Puts - 1}"));
        }

        // The vote is back: another node can go.
        await cluster.WaitForVotersAsync();
        await cluster.KillAsync(0);
        await PutAsync(cluster, 2, "without n0");
        Assert.False(File.Exists(Path.Combine(cluster.Data(2), "quorate.repair")));
    }

    [Fact]
    public async Task A_node_whose_peers_are_down_waits_and_changes_nothing()
    {
        await using var cluster = new NodeCluster(new NodeClusterOptions { Log = "information" });
        await cluster.StartAllAsync();
        await PutAsync(cluster, 0, "before");
        for (var i = 0; i < NodeCluster.Size; i++)
            Assert.Equal(0, await cluster.Process(i).StopAsync());
        var file = Directory.GetFiles(Path.Combine(cluster.Data(2), "wal")).Order().First();
        BitFlip.AtRest(file, 0.5);
        var bytes = await File.ReadAllBytesAsync(file);

        var damaged = cluster.Launch(2);
        await damaged.WaitForErrorAsync("does not readmit this node");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(file));
        cluster.Launch(0);
        await cluster.Launch(1).WaitForLineAsync("ready");
        await damaged.WaitForLineAsync("ready");
        using var client = cluster.Client(2, TimeSpan.FromSeconds(20));
        Assert.Equal("before", await client.GetAsync("before/0"));
    }

    [Fact]
    public async Task A_log_that_rots_while_the_node_runs_is_found_and_the_node_made_whole_in_its_process()
    {
        await using var cluster = new NodeCluster(new NodeClusterOptions { Flags = _ => ["--scrub-interval", "1s"] });
        await cluster.StartAllAsync();
        await PutAsync(cluster, 0, "before");
        BitFlip.InPlace(Directory.GetFiles(Path.Combine(cluster.Data(2), "wal")).Order().First(), 4096 + 50);
        await cluster.Process(2).WaitForErrorAsync("takes its data anew from its peers");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (File.Exists(Path.Combine(cluster.Data(2), "quorate.repair")))
            await Task.Delay(50, limit.Token);
        await cluster.WaitForVotersAsync();
        await PutAsync(cluster, 2, "after");
        await cluster.KillAsync(0);
        await PutAsync(cluster, 2, "without n0");
        using var client = cluster.Client(2, TimeSpan.FromSeconds(20));
        Assert.Equal("before", await client.GetAsync("before/0"));
        Assert.Equal(0, await cluster.Process(2).StopAsync());
    }

    private static async Task PutAsync(NodeCluster cluster, int node, string value)
    {
        using var client = cluster.Client(node, TimeSpan.FromSeconds(20));
        for (var i = 0; i < Puts; i++)
            await client.PutAsync($"{value}/{i}", value);
    }
}
