using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Kernel.Machines;
using Quorate.Services.Recipes;
using Quorate.Services.Recipes.Clients;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Machines;

namespace Quorate.Cli.Scenarios.Recipes;

/// <summary>Runs applications that coordinate over a cluster, all of it under faults, to their end.</summary>
internal static class RecipeRun
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(150);

    /// <summary>Runs a seed.</summary>
    /// <param name="scenario">The scenario's name.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="apps">How many applications there are.</param>
    /// <param name="work">What a process of an application does until the cluster ends.</param>
    /// <param name="check">What must hold at the end; given a process that no fault reaches.</param>
    /// <param name="setUp">Adds other clients.</param>
    public static SeedResult Execute(
        string scenario, RunInput seed, int apps, Func<RecipeApp, Task> work, Func<RecipeApp, Task>? check = null,
        Action<SimulatedCluster>? setUp = null) =>
        SeedRun.Execute(scenario, seed, new ClusterOptions(), cluster =>
        {
            SimulatedMachine[] machines = [.. Enumerable.Range(1, apps).Select(i => Add(cluster, FormattableString.Invariant($"app{i}"), work))];
            setUp?.Invoke(cluster);
            cluster.StartClients();
            cluster.RunUnder(FaultPlan.All, Time);
            if (!cluster.World.RunUntil(() => machines.All(m => m.HasFinished), EndMax))
                throw new ViolationException($"an application did not come to its end within {EndMax.TotalSeconds} s of a healed cluster");
            if (check is not null)
                Check(cluster, check);
            return null;
        });

    private static void Check(SimulatedCluster cluster, Func<RecipeApp, Task> check)
    {
        var checker = new SimulatedMachine[1];
        checker[0] = cluster.World.AddClient("check", (machine, _) => LiveAsync(cluster, checker[0], machine, check));
        if (!cluster.World.RunUntil(() => checker[0].HasFinished, EndMax))
            throw new ViolationException($"the check at the end did not come to its end within {EndMax.TotalSeconds} s");
    }

    private static SimulatedMachine Add(SimulatedCluster cluster, string name, Func<RecipeApp, Task> work)
    {
        var machines = new SimulatedMachine[1];
        machines[0] = cluster.World.AddMachine(name, (machine, stop) => LiveAsync(cluster, machines[0], machine, work));
        return machines[0];
    }

    private static async Task LiveAsync(SimulatedCluster cluster, SimulatedMachine node, IMachine machine, Func<RecipeApp, Task> work)
    {
        var options = new RecipeOptions { SessionTtl = TimeSpan.FromSeconds(2 + machine.Random.Next(5)), Owner = machine.Name };
        await using var client = new CoordinationClient(machine, new RemoteProvider(cluster, machine), options);
        await work(new RecipeApp(cluster, node, machine, client));
    }
}
