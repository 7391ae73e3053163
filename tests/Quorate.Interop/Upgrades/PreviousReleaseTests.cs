using Quorate.Interop.Chaos;
using Quorate.Interop.Clients;

namespace Quorate.Interop.Upgrades;

/// <summary>
/// A cluster of processes of the release before levels were is upgraded process by process. The environment variable says where the old release's
/// assembly is: <c>QUORATE_PREVIOUS=/old/quorate.dll ./test '*PreviousReleaseTests*'</c>.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class PreviousReleaseTests
{
    private const string Variable = "QUORATE_PREVIOUS";
    private const int BallastPuts = 60;
    private const int BallastBytes = 1_400_000;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(3);

    // The shortest time without a leader before an election is 1 s, the longest twice that; then votes and connections.
    private static readonly TimeSpan GapMax = TimeSpan.FromSeconds(3);
    private static readonly string? OldProgram = Environment.GetEnvironmentVariable(Variable);

    [Fact]
    public async Task A_cluster_of_the_previous_release_is_upgraded_under_load_and_each_reads_the_others_disk()
    {
        Assert.SkipUnless(File.Exists(OldProgram), $"{Variable} names no older build's quorate.dll");
        await using var cluster = new MixedCluster(OldProgram!, []);
        await cluster.Nodes.StartAllAsync();
        await using var run = RecordedRun.Start(cluster.Nodes, CallTimeout);
        await using var puts = new AcknowledgedPuts(cluster.Nodes);
        await Task.Delay(TimeSpan.FromSeconds(1));
        await cluster.ReplaceAsync(0, old: false);
        await cluster.RefusesUsersAsync(0);
        await cluster.ReplaceAsync(1, old: false);
        await cluster.RefusesUsersAsync(1);
        // So much that every node takes a snapshot, which the old release then begins from.
        await PutBallastAsync(cluster);
        await SnapshotsAsync(cluster);
        await cluster.ReplaceAsync(0, old: true);
        await Task.Delay(TimeSpan.FromSeconds(1));
        await cluster.ReplaceAsync(0, old: false);
        await cluster.RefusesUsersAsync(0);
        await cluster.ReplaceAsync(2, old: false);
        var raised = await cluster.RaisedAsync(2);
        await cluster.AddUserAsync(2, "late");
        var why = await cluster.RefusedAsync(1);
        await cluster.Nodes.RestartAsync(1);
        await puts.EndAsync();
        await run.EndAsync("previous-release");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{puts.Count} puts acknowledged, none missing at any node; longest gap {puts.LongestGap.TotalMilliseconds:f0} ms; "
            + $"{run.Succeeded} recorded calls, linearizable; level 2 at all nodes {raised.TotalMilliseconds:f0} ms after the last was ready; "
            + $"the old release afterwards: {why}");
        Assert.True(puts.LongestGap < GapMax, $"nothing was acknowledged for {puts.LongestGap}");
        await cluster.EnableAuthAsync();
    }

    private static async Task PutBallastAsync(MixedCluster cluster)
    {
        var value = new string('b', BallastBytes);
        for (var i = 0; i < BallastPuts; i++)
        {
            using var client = cluster.Nodes.Client(i % 3, TimeSpan.FromSeconds(20));
            await client.PutAsync("ballast", value);
        }
    }

    private static async Task SnapshotsAsync(MixedCluster cluster)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!Enumerable.Range(0, 2).All(node => HasSnapshot(cluster.Nodes.Data(node))))
            await Task.Delay(50, limit.Token);
    }

    private static bool HasSnapshot(string data) =>
        Directory.Exists(Path.Combine(data, "snap", "g1")) && Directory.EnumerateFiles(Path.Combine(data, "snap", "g1"), "*.snap").Any();
}
