using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;
using Quorate.Simulation.Faults;

namespace Quorate.Cli.Scenarios;

/// <summary>
/// A lease never expires before its time while it is kept alive, whoever leads, and is gone within a bound once it is let go.
/// </summary>
internal sealed class RaftLease : IScenario
{
    private const int Owners = 4;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(40);

    // The longest time to live, twice (a new leader begins it anew, and an election comes first), and time to end many.
    private static readonly TimeSpan GoneMax = TimeSpan.FromSeconds(30);

    public string Name => "raft-lease";

    public string Description => "leases under faults and leader changes: never expired early, and gone within 30 s of a healed cluster";

    public SeedResult Run(RunInput seed) => SeedRun.Execute(Name, seed, new ClusterOptions(), cluster =>
    {
        var owners = Enumerable.Range(1, Owners).Select(i => new LeaseOwner(cluster, i)).ToArray();
        foreach (var owner in owners)
            cluster.AddClient(owner.RunAsync);
        cluster.StartClients();
        cluster.RunUnder(FaultPlan.All, Time);
        var gone = false;
        cluster.World.AddClient("sweep", async (machine, _) => gone = await AllGoneAsync(cluster, machine));
        if (!cluster.World.RunUntil(() => gone, GoneMax))
            throw new ViolationException(
                $"{GoneMax.TotalSeconds} s after their owners let go of them, there are still leases or their keys");
        cluster.Metrics.Add("leases", owners.Sum(o => o.Ended.Count));
        return null;
    });

    private static async Task<bool> AllGoneAsync(SimulatedCluster cluster, IMachine machine)
    {
        var calls = new ClientCalls(cluster, machine);
        var keys = new RangeRequest("lease/"u8.ToArray(), "lease0"u8.ToArray(), CountOnly: true);
        while (true)
        {
            var left = await calls.CallAsync(s => s.RangeAsync(keys));
            var leases = await calls.CallAsync(s => s.LeaseLeasesAsync());
            if (left.Response is { Count: 0 } && leases.Response is { Ids.Count: 0 })
                return true;
            await calls.ThinkAsync(TimeSpan.FromMilliseconds(500));
        }
    }
}
