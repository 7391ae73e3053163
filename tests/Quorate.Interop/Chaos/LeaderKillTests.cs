using Quorate.Checking.Histories;
using Quorate.Checking.Histories.Formats;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;
using Quorate.Interop.Clients;

namespace Quorate.Interop.Chaos;

/// <summary>Three processes whose leader is killed with kill -9 again and again while clients go on.</summary>
public sealed class LeaderKillTests
{
    private const int Clients = 6;
    private const int Keys = 4;
    private const int Kills = 4;
    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task The_leader_is_killed_again_and_again_and_the_history_is_linearizable()
    {
        await using var cluster = new NodeCluster();
        await cluster.StartAllAsync();
        var recorder = new HistoryRecorder(clock: TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(i => new RecordingClient(recorder, i, cluster.Nodes, Keys)).ToList();
        var running = Task.WhenAll(clients.Select(c => Task.Run(() => c.RunAsync(stop.Token))));

        for (var i = 0; i < Kills; i++)
        {
            await Task.Delay(BetweenKills);
            var leader = await cluster.LeaderAsync();
            await cluster.KillAsync(leader);
            await Task.Delay(BetweenKills);
            await PutWithEtcdctlAsync(cluster, $"kill/{i}");
            await cluster.RestartAsync(leader);
        }
        await Task.Delay(BetweenKills);
        await stop.CancelAsync();
        await running;

        Assert.All(clients, client => Assert.True(client.Succeeded > 10, $"a client had only {client.Succeeded} answers"));
        await KilledPutsAreThereAsync(cluster);
        CheckHistory(recorder);
    }

    // A real client's puts, each acknowledged while a node was down, are all there at the end.
    private static async Task PutWithEtcdctlAsync(NodeCluster cluster, string key)
    {
        if (Etcdctl.IsInstalled)
            Assert.Equal("OK", await new Etcdctl(string.Join(',', cluster.Nodes)).DoAsync("--command-timeout", "20s", "put", key, "1"));
    }

    private static async Task KilledPutsAreThereAsync(NodeCluster cluster)
    {
        if (!Etcdctl.IsInstalled)
            return;
        foreach (var node in cluster.Nodes)
            Assert.Equal(Kills, (await new Etcdctl(node).DoAsync("get", "--prefix", "kill/", "--print-value-only")).Split('\n').Length);
    }

    private static void CheckHistory(HistoryRecorder recorder)
    {
        var verdict = LinearizabilityChecker.Check(
            recorder.ToHistory(), new KeyValueModel(), new LinearizabilityLimits { TimeMax = TimeSpan.FromMinutes(1), Clock = TimeProvider.System });
        if (verdict.Kind == VerdictKind.Valid)
            return;
        var file = Path.Combine(Path.GetTempPath(), $"quorate-leader-kills-{Environment.ProcessId}.jsonl");
        using (var output = new StreamWriter(file))
            HistoryWriter.WriteJsonLines(recorder.ToEvents(), output);
        Assert.Fail($"{verdict.Kind} {verdict.Reason}. Replay: quorate check {file} --model kv");
    }
}
