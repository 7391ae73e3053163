using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Replication.Levels;

namespace Quorate.Tests.Hosting;

/// <summary>The level of a node on the real machine, also where it was made from a backup or a survivor.</summary>
public sealed class NodeLevelTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("quorate-level-").FullName;

    [Fact]
    public async Task A_node_that_was_made_of_a_state_with_users_begins_at_their_level()
    {
        await using (var node = await StartAsync("first"))
        {
            await node.Authentication.UserAddAsync("user", "", true);
            await SaveAsync(node, Path.Combine(folder, "backup"));
            Assert.Equal(FeatureLevel.Newest, (await node.Maintenance.FiguresAsync()).Level);
        }

        using (var backup = File.OpenRead(Path.Combine(folder, "backup")))
            await NodeRestore.RunAsync(backup, Options("restored"));
        await NodeRecovery.RunAsync(Path.Combine(folder, "first"), Options("recovered") with { Cluster = "another" });
        await ServesUsersAsync(Options("first"));
        await ServesUsersAsync(Options("restored"));
        await ServesUsersAsync(Options("recovered") with { Cluster = "another" });
    }

    [Fact]
    public async Task A_node_that_is_held_refuses_users_and_a_level_that_does_not_exist_is_no_option()
    {
        await using var node = await StartAsync("held", FeatureLevel.First);
        var refused = await Assert.ThrowsAsync<CoordinationException>(async () => await node.Authentication.UserAddAsync("user", "", true));
        Assert.Equal(CoordinationError.NotCapable, refused.Error);
        Assert.Equal(FeatureLevel.First, (await node.Maintenance.FiguresAsync()).Level);
        foreach (var level in (int[])[0, FeatureLevel.Newest + 1])
            Assert.Single(NodeOptionsRules.Violations(Options("other") with { LevelMax = level }));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Held to the level before, it is turned away at its start; else it has the user at once.
    private static async Task ServesUsersAsync(NodeOptions options)
    {
        await Assert.ThrowsAsync<ReleaseTooOldException>(() => QuorateNode.StartAsync(options with { LevelMax = FeatureLevel.First }));
        await using var node = await QuorateNode.StartAsync(options);
        await node.WaitForLeaderAsync();
        Assert.Equal(["user"], (await node.Authentication.UserListAsync()).Names);
        Assert.Equal(FeatureLevel.Newest, (await node.Maintenance.FiguresAsync()).Level);
    }

    private static async Task SaveAsync(QuorateNode node, string path)
    {
        await using var backup = await node.Maintenance.OpenBackupAsync();
        await using var file = File.Create(path);
        while (await backup.ReadAsync() is { } bytes)
            await file.WriteAsync(bytes);
    }

    private async Task<QuorateNode> StartAsync(string name, int levelMax = FeatureLevel.Newest)
    {
        var node = await QuorateNode.StartAsync(Options(name) with { LevelMax = levelMax });
        await node.WaitForLeaderAsync();
        return node;
    }

    private NodeOptions Options(string name)
    {
        var address = new NetworkAddress("127.0.0.1", FreePorts.Row(1));
        return new NodeOptions
        {
            Name = "n1",
            Listen = address,
            Members = [new NodeMember("n1", address)],
            DataFolder = Path.Combine(folder, name),
            OnFail = _ => { },
        };
    }
}
