using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;

namespace Quorate.Interop.Chaos;

/// <summary>A leader that the other nodes cannot reach while clients can, again and again.</summary>
public sealed class CutOffLeaderTests
{
    private const int Cuts = 2;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_leader_that_is_cut_off_and_healed_leaves_a_linearizable_history()
    {
        using var network = new NamespaceNetwork(NodeCluster.Size);
        Assert.SkipUnless(network.WhyNot == "", network.WhyNot);
        await using var cluster = new NodeCluster(new NodeClusterOptions
        {
            Host = network.Address,
            Launcher = network.Launcher,
            Connect = network.ConnectAsync,
            Flags = _ => ["--insecure"],
        });
        await cluster.StartAllAsync();
        await using var run = RecordedRun.Start(cluster, CallTimeout);
        for (var i = 0; i < Cuts; i++)
        {
            await Task.Delay(Between);
            var leader = await cluster.LeaderAsync();
            network.CutOff(leader);
            await PutAsync(cluster, await cluster.LeaderAsync(leftOut: leader), $"cut/{i}");
            await ReadsNothingStaleAsync(cluster, leader, $"cut/{i}");
            network.Heal(leader);
            await ReadsAgainAsync(cluster, leader, $"cut/{i}");
        }
        await Task.Delay(Between);
        await run.EndAsync("cut-off-leader");
    }

    private static async Task PutAsync(NodeCluster cluster, int node, string key)
    {
        using var client = cluster.Client(node, TimeSpan.FromSeconds(20));
        await client.PutAsync(key, "new");
    }

    // The old leader is reached, and must not answer: it cannot know what the others agreed on.
    private static async Task ReadsNothingStaleAsync(NodeCluster cluster, int node, string key)
    {
        using var client = cluster.Client(node, CallTimeout);
        var failure = await Record.ExceptionAsync(() => client.GetAsync(key));
        Assert.True(failure is not null && GrpcClient.IsFailure(failure), $"{failure}");
    }

    private static async Task ReadsAgainAsync(NodeCluster cluster, int node, string key)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var client = cluster.Client(node, CallTimeout);
            try
            {
                Assert.Equal("new", await client.GetAsync(key));
                return;
            }
            catch (Exception e) when (GrpcClient.IsFailure(e))
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }
}
