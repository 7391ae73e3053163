namespace Quorate.Tests.Protocols.Raft;

/// <summary>Figure 3's properties under loss, duplication, reordering, crashes, slow disks, membership changes, transfers and
/// snapshots.</summary>
[Trait("Speed", "Slow")]
public sealed class RandomClusterTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(3, 0)]
    [InlineData(3, 1000)]
    [InlineData(5, 2000)]
    [InlineData(5, 3000)]
    public void Safety_holds_in_every_order_of_faults_and_the_cluster_recovers(int servers, int firstSeed)
    {
        var seen = new Dictionary<string, int>();
        for (var seed = firstSeed; seed < firstSeed + Seeds; seed++)
        {
            try
            {
                var cluster = new RandomCluster(seed, servers);
                for (var i = 0; i < 4000; i++)
                    cluster.Act(faults: true);
                Assert.True(cluster.Heal(60_000), $"the healed cluster makes no progress: {cluster.Describe()}");
                foreach (var (what, count) in cluster.Seen)
                    seen[what] = seen.GetValueOrDefault(what) + count;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"servers {servers}, seed {seed}: {e.Message}", e);
            }
        }

        foreach (var (what, count) in seen.OrderBy(s => s.Key))
            output.WriteLine($"{what} {count}");
        // The test is worth something only when all of this happened.
        string[] wanted = ["Elected", "ReadAt", "Lease", "SnapshotReply", "TimeoutNow", "ConfigurationChanged", "Transferred", "Appended"];
        Assert.All(wanted, what => Assert.True(seen.GetValueOrDefault(what) > 0, $"never seen: {what}"));
    }

    private static int Seeds => int.TryParse(Environment.GetEnvironmentVariable("QUORATE_RAFT_SEEDS"), out var seeds) ? seeds : 40;
}
