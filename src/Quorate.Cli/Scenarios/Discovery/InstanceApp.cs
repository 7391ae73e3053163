using Quorate.Cli.Scenarios.Recipes;
using Quorate.Kernel.Machines;
using Quorate.Services.Discovery.Registering;
using Quorate.Services.Recipes;
using Quorate.Services.Recipes.Clients;
using Quorate.Simulation.Machines;

namespace Quorate.Cli.Scenarios.Discovery;

/// <summary>An application that offers a service: it registers at each boot, and now and then takes itself out and comes back.</summary>
/// <param name="board">What is true.</param>
/// <param name="service">The service.</param>
/// <param name="number">Which instance it is.</param>
internal sealed class InstanceApp(InstanceBoard board, string service, int number)
{
    private static readonly TimeSpan ThinkMax = TimeSpan.FromSeconds(4);
    private SimulatedMachine? node;

    /// <summary>The longest that a dead one's session lasts.</summary>
    public static TimeSpan SessionTtl { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Its machine.</summary>
    public SimulatedMachine Node => node!;

    /// <summary>What its check finds, in whichever life.</summary>
    public bool IsWell { get; set; } = true;

    /// <summary>The life that runs now.</summary>
    public Incarnation Now => new(service, number, Node.Boots);

    /// <summary>Adds its machine to the world.</summary>
    public void Begin() => node = board.Cluster.World.AddMachine($"app{number}", (machine, _) => LiveAsync(machine));

    private async Task LiveAsync(IMachine machine)
    {
        var self = Now;
        var options = new RecipeOptions { SessionTtl = SessionTtl, Owner = machine.Name, CallTimeout = TimeSpan.FromSeconds(1) };
        await using var client = new CoordinationClient(machine, new RemoteProvider(board.Cluster, machine), options);
        var check = new HealthCheck("self", _ => new(new CheckResult(IsWell, "not well")));
        await using var registration = await new ServiceRegistrar(machine, client.Registry).RegisterAsync(self.Endpoint, [check]);
        board.Cluster.Metrics.Add("registered");
        var turns = board.Cluster.World.OperationsOf($"{machine.Name}.{self.Boot}");
        for (var isOut = true; await turns.NextAsync(machine, ThinkMax, () => board.Cluster.IsEnding) is not null; isOut = !isOut)
        {
            board.Changing(self);
            await registration.SetOutAsync(isOut);
            board.Cluster.Metrics.Add(isOut ? "taken out" : "put back");
            if (isOut)
                board.IsOut(self);
        }

        board.Changing(self);
        await registration.SetOutAsync(false);
        await new TaskCompletionSource().Task;
    }
}
