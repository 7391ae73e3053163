using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;
using Quorate.Interop.Disks;

namespace Quorate.Interop.Chaos;

/// <summary>What may happen to a cluster of real processes: one thing at a time, and over before the next.</summary>
internal sealed class Havoc(NodeCluster cluster, NamespaceNetwork network, SmallDisk disk, Random random, TimeSpan holdMax)
{
    private const double PacketsLost = 0.3;
    private const double IntactAtTheEnd = 0.5;
    private static readonly TimeSpan HealedLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Each kind: its name, and what does it and undoes it.</summary>
    public IReadOnlyList<(string Name, Func<Task> Do)> Kinds =>
    [
        ("kill -9 of the leader", async () => await KillAsync([await cluster.LeaderAsync()])),
        ("kill -9 of a node", () => KillAsync([Any])),
        ("kill -9 of two nodes", () => KillAsync([.. Enumerable.Range(0, NodeCluster.Size).Except([Any])])),
        ("kill -9 of all nodes", () => KillAsync([.. Enumerable.Range(0, NodeCluster.Size)])),
        ("a clean stop", StopAsync),
        ("SIGSTOP of the leader", async () => await FreezeAsync(await cluster.LeaderAsync())),
        ("SIGSTOP of a node", () => FreezeAsync(Any)),
        ("the leader cut off", () => DisturbLeaderAsync(network.CutOff)),
        ("the leader deaf", () => DisturbLeaderAsync(network.Deafen)),
        ("the leader mute", () => DisturbLeaderAsync(network.Mute)),
        ("a node cut off", () => DisturbAsync(Any, network.CutOff)),
        ("packets lost", () => DisturbAsync(Any, node => network.Lose(node, PacketsLost))),
        ("connections reset", () => DisturbAsync(Any, network.Reset)),
        ("a full disk", FillAsync),
        ("a flipped bit", RotAsync),
    ];

    private int Any => random.Next(NodeCluster.Size);

    /// <summary>Waits until a put through each node is answered, and every member has a vote.</summary>
    public async Task HealedAsync()
    {
        using var limit = new CancellationTokenSource(HealedLimit);
        for (var node = 0; node < NodeCluster.Size; node++)
        {
            while (!await IsServingAsync(node))
                await Task.Delay(100, limit.Token);
        }

        await cluster.WaitForVotersAsync();
    }

    private async Task<bool> IsServingAsync(int node)
    {
        using var client = cluster.Client(node, CallTimeout);
        try
        {
            await client.PutAsync("healed", $"{node}");
            return true;
        }
        catch (Exception e) when (GrpcClient.IsFailure(e))
        {
            return false;
        }
    }

    private Task HoldAsync() => Task.Delay(holdMax * random.NextDouble());

    private async Task KillAsync(int[] nodes)
    {
        await Task.WhenAll(nodes.Select(cluster.KillAsync));
        await HoldAsync();
        foreach (var node in nodes)
            cluster.Launch(node);
        foreach (var node in nodes)
            await cluster.Process(node).WaitForLineAsync("ready");
    }

    private async Task StopAsync()
    {
        var node = Any;
        Assert.Equal(0, await cluster.Process(node).StopAsync());
        await HoldAsync();
        await cluster.RestartAsync(node);
    }

    private async Task FreezeAsync(int node)
    {
        cluster.Process(node).Freeze();
        await HoldAsync();
        cluster.Process(node).Thaw();
    }

    private async Task DisturbLeaderAsync(Action<int> disturb) => await DisturbAsync(await cluster.LeaderAsync(), disturb);

    private async Task DisturbAsync(int node, Action<int> disturb)
    {
        disturb(node);
        await HoldAsync();
        network.Heal(node);
    }

    private async Task FillAsync()
    {
        var filler = disk.Fill();
        await HoldAsync();
        File.Delete(filler);
    }

    // Not in the last batches: where the log ends in one that is damaged, a node cannot tell it from one that a crash tore.
    private async Task RotAsync()
    {
        var node = Any;
        Assert.Equal(0, await cluster.Process(node).StopAsync());
        var files = Directory.GetFiles(Path.Combine(cluster.Data(node), "wal")).Order().ToArray();
        var file = random.Next(files.Length);
        BitFlip.AtRest(files[file], random.NextDouble() * (file == files.Length - 1 ? IntactAtTheEnd : 1));
        await HoldAsync();
        await cluster.RestartAsync(node);
    }
}
