using System.Diagnostics;
using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Upgrades;

/// <summary>Three processes, each of this build or of an older release.</summary>
internal sealed class MixedCluster : IAsyncDisposable
{
    private const string NotCapable = "etcdserver: not capable";
    private static readonly TimeSpan RaiseLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);
    private readonly bool[] isOld = [true, true, true];

    /// <summary>A cluster of the old release.</summary>
    /// <param name="oldProgram">The old release's assembly.</param>
    /// <param name="oldFlags">What makes it one.</param>
    public MixedCluster(string oldProgram, string[] oldFlags) => Nodes = new NodeCluster(new NodeClusterOptions
    {
        Program = node => isOld[node] ? oldProgram : Project.CommandLine,
        Flags = node => isOld[node] ? oldFlags : [],
    });

    public NodeCluster Nodes { get; }

    /// <summary>Stops a node and starts it in the other release, on its data.</summary>
    public async Task ReplaceAsync(int node, bool old)
    {
        Assert.Equal(0, await Nodes.Process(node).StopAsync());
        isOld[node] = old;
        await Nodes.RestartAsync(node);
    }

    /// <summary>Stops a node and starts it in the old release, where that cannot go on.</summary>
    /// <returns>What it says when it ends.</returns>
    public async Task<string> RefusedAsync(int node)
    {
        await Nodes.Process(node).StopAsync();
        isOld[node] = true;
        var process = Nodes.Launch(node);
        Assert.NotEqual(0, await process.ExitCodeAsync());
        isOld[node] = false;
        return process.Errors;
    }

    /// <summary>Adds a user, which only the newer level has.</summary>
    public async Task AddUserAsync(int node, string name)
    {
        using var client = Nodes.Client(node, CallTimeout);
        await client.CallAsync("/etcdserverpb.Auth/UserAdd", [.. Protobuf.Bytes(1, name), .. Protobuf.Bytes(2, "secret")]);
    }

    /// <summary>Whether a node of this build refuses what only the newer level has, in etcd's words.</summary>
    public async Task RefusesUsersAsync(int node)
    {
        var refused = await Assert.ThrowsAsync<GrpcFailure>(() => AddUserAsync(node, "early"));
        Assert.Equal("14", refused.Status);
        Assert.EndsWith(NotCapable, Uri.UnescapeDataString(refused.Message));
        Assert.Equal(1, await LevelAsync(node));
    }

    /// <summary>The cluster's level, as a node of this build has it.</summary>
    public async Task<int> LevelAsync(int node)
    {
        const string name = "quorate_cluster_level ";
        using var http = new HttpClient();
        var text = await http.GetStringAsync($"http://{Nodes.Address(node)}/metrics");
        return int.Parse(text.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..]);
    }

    /// <summary>Waits until every node is at a level.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> RaisedAsync(int level)
    {
        var clock = Stopwatch.StartNew();
        using var limit = new CancellationTokenSource(RaiseLimit);
        for (var node = 0; node < NodeCluster.Size; node++)
        {
            while (await LevelAsync(node) < level)
                await Task.Delay(20, limit.Token);
        }

        return clock.Elapsed;
    }

    /// <summary>Turns authentication on.</summary>
    public async Task EnableAuthAsync()
    {
        await AddUserAsync(0, "root");
        using var client = Nodes.Client(1, CallTimeout);
        byte[] root = [.. Protobuf.Bytes(1, "root"), .. Protobuf.Bytes(2, "root")];
        await client.CallAsync("/etcdserverpb.Auth/UserGrantRole", root);
        await client.CallAsync("/etcdserverpb.Auth/AuthEnable", []);
        var refused = await Assert.ThrowsAsync<GrpcFailure>(() => client.PutAsync("of/nobody", "1"));
        Assert.EndsWith("user name is empty", Uri.UnescapeDataString(refused.Message));
    }

    public ValueTask DisposeAsync() => Nodes.DisposeAsync();
}
