using Quorate.Runtime.Machines;
using Quorate.Runtime.Telemetry;
using Quorate.Services.Recipes;
using Quorate.Services.Recipes.Clients;
using Quorate.Services.Recipes.Providers;

namespace Quorate.Hosting.Recipes;

/// <summary>
/// The recipes over the application's store. They have a machine of their own, which has no disk and does not fail with the application's node,
/// so that holders are told of their loss by whatever happens to it.
/// </summary>
internal sealed class HostedRecipes : IAsyncDisposable
{
    private readonly RealMachine machine;

    /// <summary>Makes them; nothing is called before they are used.</summary>
    /// <param name="name">The application's name.</param>
    /// <param name="store">The store.</param>
    /// <param name="options">The settings.</param>
    /// <param name="telemetry">Who gets events.</param>
    public HostedRecipes(string name, ICoordinationProvider store, RecipeOptions options, Action<TelemetryEvent> telemetry)
    {
        machine = new RealMachine(new RealMachineOptions { Name = name, Telemetry = telemetry });
        Client = new CoordinationClient(machine, store, options with { Owner = name });
    }

    /// <summary>The recipes.</summary>
    public CoordinationClient Client { get; }

    /// <summary>Lets go of all that is held, and tells the cluster.</summary>
    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await machine.DisposeAsync();
    }
}
