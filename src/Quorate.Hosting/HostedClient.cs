using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorate.Client.Providers;
using Quorate.Hosting.Recipes;
using Quorate.Hosting.Stores;
using Quorate.Hosting.Telemetry;

namespace Quorate.Hosting;

/// <summary>
/// The application's client of a cluster of other processes: it calls nobody before it is used, and lets go of all when the host stops.
/// </summary>
internal sealed class HostedClient : IHostedService, IAsyncDisposable
{
    private readonly IOptions<QuorateClientBuilder> description;
    private readonly Lazy<(EtcdProvider Provider, HostedRecipes Recipes)> client;
    private int stopped;

    /// <summary>Prepares it.</summary>
    /// <param name="description">The cluster.</param>
    /// <param name="loggers">Where it logs.</param>
    public HostedClient(IOptions<QuorateClientBuilder> description, ILoggerFactory loggers)
    {
        this.description = description;
        var log = loggers.CreateLogger("Quorate");
        client = new(() =>
        {
            var provider = new EtcdProvider(description.Value.Build());
            var recipes = new HostedRecipes(description.Value.Name, provider, description.Value.RecipeOptions, e => TelemetryLog.Write(log, e));
            return (provider, recipes);
        });
    }

    /// <summary>The cluster as a store.</summary>
    public HostedStore Store => new(description.Value.Name, client.Value.Provider, description.Value.RecipeOptions.Prefix);

    /// <summary>The recipes over it.</summary>
    public HostedRecipes Recipes => client.Value.Recipes;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask().WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!client.IsValueCreated || Interlocked.Exchange(ref stopped, 1) != 0)
            return;
        // What is held goes to others at once, and not when its time has passed.
        await client.Value.Recipes.DisposeAsync();
        await client.Value.Provider.DisposeAsync();
    }
}
