using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;

namespace Quorate.Interop.Chaos;

/// <summary>Three processes whose leader is killed with kill -9 again and again while clients go on.</summary>
public sealed class LeaderKillTests
{
    private const int Kills = 3;
    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_leader_is_killed_again_and_again_and_the_history_is_linearizable()
    {
        await using var cluster = new NodeCluster();
        await cluster.StartAllAsync();
        await using var run = RecordedRun.Start(cluster, CallTimeout);
        await KillLeadersAsync(cluster, () => run.Succeeded);
        await run.EndAsync("leader-kills");
    }

    [Fact]
    public async Task Under_a_load_of_etcdctl_and_h2load_killed_leaders_lose_nothing_acknowledged()
    {
        Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
        Assert.SkipUnless(H2Load.IsInstalled, H2Load.Missing);
        await using var cluster = new NodeCluster();
        await cluster.StartAllAsync();
        await using var run = RecordedRun.Start(cluster, CallTimeout);
        await using var puts = new EtcdctlLoad(cluster);
        await using (var load = new H2Load(cluster))
            await KillLeadersAsync(cluster, () => load.Answered);
        await puts.EndAsync();
        await run.EndAsync("leader-kills-under-load");
    }

    // While the leader is dead there is another one, and clients are answered; then it comes back on its data.
    private static async Task KillLeadersAsync(NodeCluster cluster, Func<int> answered)
    {
        for (var i = 0; i < Kills; i++)
        {
            await Task.Delay(BetweenKills);
            var leader = await cluster.LeaderAsync();
            await cluster.KillAsync(leader);
            await cluster.LeaderAsync(leftOut: leader);
            var before = answered();
            using var limit = new CancellationTokenSource(AnswerLimit);
            while (answered() == before)
                await Task.Delay(50, limit.Token);
            await cluster.RestartAsync(leader);
        }
        await Task.Delay(BetweenKills);
    }
}
