using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;

namespace Quorate.Interop.Chaos;

/// <summary>A leader that is stopped for longer than an election, and then goes on and does not know that time has passed.</summary>
public sealed class FrozenLeaderTests
{
    private const int Freezes = 2;

    // Longer than a freeze: calls that reached the leader before or in it are answered, or not, by the thawed leader.
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_leader_that_was_frozen_reads_nothing_stale_and_the_history_is_linearizable()
    {
        await using var cluster = new NodeCluster();
        await cluster.StartAllAsync();
        await using var run = RecordedRun.Start(cluster, CallTimeout);
        for (var i = 0; i < Freezes; i++)
        {
            await Task.Delay(Between);
            var frozen = await cluster.LeaderAsync();
            cluster.Process(frozen).Freeze();
            var key = $"frozen/{i}";
            await PutAsync(cluster, await cluster.LeaderAsync(leftOut: frozen), key);

            // Asked while it is frozen, it answers when it is thawed: with what was written without it, or with an error.
            var read = GetAsync(cluster, frozen, key);
            cluster.Process(frozen).Thaw();
            Assert.Equal("new", await read);
        }
        await Task.Delay(Between);
        await run.EndAsync("frozen-leader");
    }

    private static async Task PutAsync(NodeCluster cluster, int node, string key)
    {
        using var client = cluster.Client(node, CallTimeout);
        await client.PutAsync(key, "new");
    }

    private static async Task<string?> GetAsync(NodeCluster cluster, int node, string key)
    {
        using var limit = new CancellationTokenSource(CallTimeout);
        while (true)
        {
            using var client = cluster.Client(node, CallTimeout);
            try
            {
                return await client.GetAsync(key);
            }
            catch (Exception e) when (GrpcClient.IsFailure(e))
            {
                // An error is honest; a stale value would not be.
                await Task.Delay(50, limit.Token);
            }
        }
    }
}
