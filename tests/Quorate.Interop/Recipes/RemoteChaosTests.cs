using System.Diagnostics;
using System.Text;
using Quorate.Client;
using Quorate.Client.Providers;
using Quorate.Interop.Clusters;
using Quorate.Runtime.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;
using Quorate.Services.Recipes.Clients;

namespace Quorate.Interop.Recipes;

/// <summary>Clients of a cluster whose members are killed, stopped and come back.</summary>
[Trait("Speed", "Slow")]
public sealed class RemoteChaosTests : IAsyncLifetime
{
    private const int Writers = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private readonly NodeCluster cluster = new();
    private readonly RealMachine machine = new(new RealMachineOptions { Name = "app" });
    private readonly List<IAsyncDisposable> clients = [];

    public async ValueTask InitializeAsync() => await cluster.StartAllAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var client in Enumerable.Reverse(clients))
            await client.DisposeAsync();
        await machine.DisposeAsync();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_lock_is_held_and_a_watch_has_no_gap_and_no_double_while_members_are_killed_one_after_the_other()
    {
        var held = await Client(cluster.Nodes).Locks.AcquireAsync("shared");
        await using var load = await StartAsync();
        for (var node = 0; node < NodeCluster.Size; node++)
        {
            await load.UntilMoreAsync(50);
            await cluster.KillAsync(node);
            await load.UntilMoreAsync(50);
            await cluster.RestartAsync(node);
        }

        await load.UntilMoreAsync(50);
        await load.EndAsync();
        Assert.True(held.IsHeld, "the lock was lost");
        Assert.True(await Client(cluster.Nodes).Store.PutAsync("guarded", Bytes("1"), held.Fence) > 0);
    }

    [Fact]
    public async Task A_lock_is_held_and_a_watch_has_no_gap_and_no_double_while_members_are_stopped_one_after_the_other()
    {
        var held = await Client(cluster.Nodes).Locks.AcquireAsync("shared");
        await using var load = await StartAsync();
        for (var node = 0; node < NodeCluster.Size; node++)
        {
            await load.UntilMoreAsync(50);
            cluster.Process(node).Freeze();
            await load.UntilMoreAsync(50);
            cluster.Process(node).Thaw();
        }

        await load.UntilMoreAsync(50);
        await load.EndAsync();
        Assert.True(held.IsHeld, "the lock was lost");
    }

    [Fact]
    public async Task An_idle_client_keeps_its_lock_when_its_member_is_stopped()
    {
        // Nothing but renewals tells that the member is gone. A session of 12 s is believed in for 10.8 s after a renewal: up to 4 s to the next one, half a
        // second until that goes elsewhere, and the election of another leader where the member was it, all on a machine that runs other tests too.
        await using var provider = Provider(cluster.Nodes);
        await using var client = new CoordinationClient(machine, provider, new RecipeOptions { SessionTtl = TimeSpan.FromSeconds(12) });
        for (var node = 0; node < NodeCluster.Size; node++)
        {
            await using var held = await client.Locks.AcquireAsync("idle");
            cluster.Process(node).Freeze();
            await Task.Delay(TimeSpan.FromSeconds(14));
            Assert.True(held.IsHeld, $"the lock was lost when node {node} was stopped");
            cluster.Process(node).Thaw();
        }
    }

    [Fact]
    public async Task The_lock_of_a_client_that_was_cut_off_from_all_is_lost_for_it_before_another_one_has_it()
    {
        var options = new RecipeOptions { SessionTtl = TimeSpan.FromSeconds(2) };
        await using var gate = new CuttableWay(cluster.Nodes);
        var (first, second) = (Client(gate.Endpoints, options), Client(cluster.Nodes, options));
        var held = await first.Locks.AcquireAsync("shared");
        var waiting = second.Locks.AcquireAsync("shared").AsTask();
        var lost = new TaskCompletionSource<long>();
        using var telling = held.Lost.Register(() => lost.SetResult(Stopwatch.GetTimestamp()));
        await Task.Delay(500);
        var cut = Stopwatch.GetTimestamp();
        gate.Cut();
        await using var next = await waiting.WaitAsync(Limit);
        var taken = Stopwatch.GetTimestamp();
        Assert.True(lost.Task.IsCompleted, "the lock was another one's before its holder was told");
        Assert.True(await lost.Task <= taken);
        Assert.True(next.Token > held.Token);
        var handOver = Stopwatch.GetElapsedTime(cut, taken) - options.SessionTtl;
        TestContext.Current.SendDiagnosticMessage($"hand-over {handOver.TotalMilliseconds:n0} ms after the session's time");
        // The target is 100 ms, which the benchmark `locks` measures; a machine that runs other tests too is given more.
        Assert.True(handOver < TimeSpan.FromSeconds(2), $"the lock was handed over {handOver} after the session's time");
        await Assert.ThrowsAsync<StaleHolderException>(() => second.Store.PutAsync("guarded", Bytes("1"), held.Fence).AsTask());
    }

    private EtcdProvider Provider(IReadOnlyList<string> endpoints) => new(new EtcdClientOptions { Endpoints = endpoints });

    private CoordinationClient Client(IReadOnlyList<string> endpoints, RecipeOptions? options = null)
    {
        var provider = Provider(endpoints);
        var client = new CoordinationClient(machine, provider, options);
        clients.AddRange([provider, client]);
        return client;
    }

    private async Task<WatchedLoad> StartAsync() => await WatchedLoad.StartAsync(
        Client(cluster.Nodes).Store, [.. Enumerable.Range(0, Writers).Select(_ => Client(cluster.Nodes).Store)]);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
