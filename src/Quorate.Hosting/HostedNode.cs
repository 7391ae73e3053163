using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorate.Hosting.Nodes;
using Quorate.Hosting.Recipes;
using Quorate.Hosting.Stores;
using Quorate.Hosting.Telemetry;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Telemetry;
using Quorate.Services.Recipes.Providers;

namespace Quorate.Hosting;

/// <summary>Starts a node with its host and stops it with it. A node that fails stops the application.</summary>
internal sealed class HostedNode : IHostedService, IAsyncDisposable
{
    private readonly IOptions<QuorateNodeBuilder> description;
    private readonly IHostApplicationLifetime application;
    private readonly ILogger log;
    private readonly Lazy<HostedRecipes> recipes;
    private QuorateNode? node;

    /// <summary>Prepares the node.</summary>
    /// <param name="description">What it is.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="application">What it stops when it fails.</param>
    public HostedNode(IOptions<QuorateNodeBuilder> description, ILoggerFactory loggers, IHostApplicationLifetime application)
    {
        (this.description, this.application) = (description, application);
        log = loggers.CreateLogger("Quorate");
        recipes = new Lazy<HostedRecipes>(() => new HostedRecipes(Store.Name, Store.Provider, description.Value.RecipeOptions, Log));
    }

    /// <summary>The node's service; it refuses calls while the node does not run.</summary>
    public HostedCoordination Coordination { get; } = new();

    /// <summary>The node as a store.</summary>
    public HostedStore Store => new(description.Value.Build().Name, new EmbeddedProvider(Coordination), description.Value.RecipeOptions.Prefix);

    /// <summary>The recipes over it.</summary>
    public HostedRecipes Recipes => recipes.Value;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var options = description.Value.Build() with
        {
            Telemetry = Log,
            TelemetryLeast = LeastEnabled(),
            OnFail = OnFail,
        };
        node = await QuorateNode.StartAsync(options, cancellationToken);
        Coordination.Open(node.Coordination);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // What is held goes to others at once, and not when its time has passed.
        if (recipes.IsValueCreated)
            await recipes.Value.DisposeAsync().AsTask().WaitAsync(cancellationToken);
        Coordination.Close("The node has stopped.");
        if (Interlocked.Exchange(ref node, null) is { } running)
            await running.DisposeAsync().AsTask().WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (recipes.IsValueCreated)
            await recipes.Value.DisposeAsync();
        if (Interlocked.Exchange(ref node, null) is { } running)
            await running.DisposeAsync();
    }

    private void OnFail(Exception reason)
    {
        Coordination.Fail($"The node has failed: {reason.Message}");
        log.LogCritical(reason, "The node has failed; the application stops.");
        application.StopApplication();
    }

    private void Log(TelemetryEvent e) => TelemetryLog.Write(log, e);

    private Severity LeastEnabled() =>
        log.IsEnabled(LogLevel.Debug) ? Severity.Debug : log.IsEnabled(LogLevel.Information) ? Severity.Information : Severity.Warning;
}
