using Quorate.Interop.Chaos;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Upgrades;

/// <summary>A cluster that is held to the first level is upgraded process by process while clients go on.</summary>
[Trait("Speed", "Slow")]
public sealed class RollingUpgradeTests
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Nodes_are_upgraded_one_by_one_and_back_and_what_is_new_waits_for_the_last()
    {
        await using var cluster = new MixedCluster(Project.CommandLine, ["--level-max", "1"]);
        await cluster.Nodes.StartAllAsync();
        await using var run = RecordedRun.Start(cluster.Nodes, CallTimeout);
        await cluster.ReplaceAsync(0, old: false);
        await cluster.ReplaceAsync(1, old: false);
        await cluster.RefusesUsersAsync(0);
        // As long as one is held, any can go back.
        await cluster.ReplaceAsync(0, old: true);
        await cluster.ReplaceAsync(0, old: false);
        await cluster.RefusesUsersAsync(1);
        await cluster.ReplaceAsync(2, old: false);
        await cluster.RaisedAsync(2);
        await cluster.AddUserAsync(2, "late");

        // From here on none can: one that is too old is turned away, and its data is as good as before.
        var why = await cluster.RefusedAsync(1);
        Assert.Contains("the cluster is at level 2, and this node understands no more than level 1", why);
        await cluster.Nodes.RestartAsync(1);
        await run.EndAsync("rolling-upgrade");
        Assert.Equal(2, await cluster.LevelAsync(1));
        await cluster.EnableAuthAsync();
    }
}
