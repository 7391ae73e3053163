using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;
using Quorate.Services.Recipes.Clients;
using Quorate.Simulation.Machines;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Recipes;

/// <summary>One life of an application's process, on a machine that crashes, stands still and has a wrong clock like any other.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="node">The machine, seen from outside.</param>
/// <param name="machine">The machine.</param>
/// <param name="client">What it coordinates with.</param>
internal sealed class RecipeApp(SimulatedCluster cluster, SimulatedMachine node, IMachine machine, CoordinationClient client)
{
    private static readonly TimeSpan ThinkMaxDefault = TimeSpan.FromMilliseconds(400);
    private readonly int boot = node.Boots;

    /// <summary>The process, told from the ones before it.</summary>
    public string Name => FormattableString.Invariant($"{node.Name}.{boot}");

    /// <summary>The cluster.</summary>
    public SimulatedCluster Cluster => cluster;

    /// <summary>Its machine.</summary>
    public IMachine Machine => machine;

    /// <summary>What it coordinates with.</summary>
    public CoordinationClient Client => client;

    /// <summary>Chance for the operation under way.</summary>
    public Random Random { get; private set; } = machine.Random;

    /// <summary>Whether this process lives.</summary>
    public bool Lives => node.IsUp && node.Boots == boot;

    /// <summary>Whether this process lives and does not stand still.</summary>
    public bool Runs => Lives && !node.IsPaused;

    /// <summary>Does something again and again until the cluster ends. What is lost or refused in between is nothing wrong.</summary>
    /// <param name="worker">Which of the process's workers it is.</param>
    /// <param name="once">What it does, with its number; the token fires when its patience ends.</param>
    /// <param name="thinkMax">The longest pause in between.</param>
    public async Task RepeatAsync(string worker, Func<int, CancellationToken, Task> once, TimeSpan? thinkMax = null)
    {
        var turns = cluster.World.OperationsOf($"{Name}-{worker}");
        while (await turns.NextAsync(machine, thinkMax ?? ThinkMaxDefault, () => cluster.IsEnding) is { } turn)
        {
            Random = SeededRandom.For(cluster.World.Seed, $"{Name}-{worker}-{turn.Ordinal}");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1 + 25 * Random.NextDouble()), machine.Clock);
            await TryAsync(() => once(turn.Ordinal, patience.Token));
        }
    }

    /// <summary>Does something; false where it was lost, refused or given up.</summary>
    /// <param name="work">What.</param>
    public async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or SessionLostException or StaleHolderException or CoordinationException)
        {
            cluster.Metrics.Add(e is CoordinationException c ? $"ended {c.Error}" : $"ended {e.GetType().Name}");
            return false;
        }
    }

    /// <summary>The process stands still for a random while, as it does while its memory is cleaned up: nothing of it runs.</summary>
    /// <param name="max">The longest.</param>
    public Task StandStillAsync(TimeSpan max)
    {
        if (cluster.IsEnding)
            return Task.CompletedTask;
        cluster.Metrics.Add("stood still");
        cluster.World.After(TimeSpan.Zero, node.Pause);
        cluster.World.After(max * Random.NextDouble(), node.Resume);
        return Task.Delay(TimeSpan.FromMilliseconds(1), machine.Clock);
    }

    /// <summary>Waits a random while.</summary>
    /// <param name="max">The longest.</param>
    public Task ThinkAsync(TimeSpan max) => Task.Delay(max * Random.NextDouble(), machine.Clock);
}
