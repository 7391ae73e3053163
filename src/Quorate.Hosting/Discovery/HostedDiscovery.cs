using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorate.Hosting.Stores;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Machines;
using Quorate.Services.Discovery;
using Quorate.Services.Discovery.Catalogs;
using Quorate.Services.Discovery.Registering;
using Quorate.Services.Recipes;

namespace Quorate.Hosting.Discovery;

/// <summary>
/// Discovery over the application's store: the catalogue, and the registrations that live as long as the application runs. It has a machine of
/// its own, which does not fail with the node, so that what is known is told on.
/// </summary>
internal sealed class HostedDiscovery : IHostedLifecycleService, IServiceResolver, IAsyncDisposable
{
    private static readonly TimeSpan FarewellMax = TimeSpan.FromSeconds(3);
    private readonly RealMachine machine;
    private readonly ILogger log;
    private readonly IServiceProvider provider;
    private readonly IEnumerable<HostedRegistration> wanted;
    private readonly ServiceCatalog catalog;
    private readonly List<IServiceRegistration> registered = [];

    /// <summary>Makes it; the registry is read once the store answers.</summary>
    /// <param name="provider">The application's services.</param>
    /// <param name="store">The store.</param>
    /// <param name="registry">The registry.</param>
    /// <param name="wanted">What shall be registered.</param>
    /// <param name="loggers">Where it logs.</param>
    public HostedDiscovery(
        IServiceProvider provider, HostedStore store, IServiceRegistry registry, IEnumerable<HostedRegistration> wanted, ILoggerFactory loggers)
    {
        (this.provider, this.wanted) = (provider, wanted);
        log = loggers.CreateLogger("Quorate.Discovery");
        machine = new RealMachine(new RealMachineOptions
        {
            Name = "discovery",
            Telemetry = e => log.Log(e.Severity >= Severity.Warning ? LogLevel.Warning : LogLevel.Information, "{Text}", e.Text),
        });
        Registrar = new ServiceRegistrar(machine, registry);
        catalog = ServiceCatalog.Start(machine, store.Provider, new CatalogOptions { Prefix = store.Prefix });
    }

    /// <summary>Registers instances.</summary>
    public ServiceRegistrar Registrar { get; }

    /// <inheritdoc/>
    public ValueTask<ServiceAnswer> ResolveAsync(string service, CancellationToken cancellationToken = default) =>
        catalog.ResolveAsync(service, cancellationToken);

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Registers what shall be, now that everything else has started and listens.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var one in wanted)
        {
            var (endpoint, checks) = one.Describe(provider, machine);
            registered.Add(await Registrar.RegisterAsync(endpoint, checks, cancellationToken));
            log.LogInformation(
                "{Service}/{Instance} is registered at {Address}:{Port}.",
                endpoint.Service, endpoint.Instance, endpoint.Address, endpoint.Port);
        }
    }

    /// <summary>Takes the registrations back before anything stops to listen.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(FarewellMax);
        try
        {
            await Task.WhenAll(registered.Select(r => r.DisposeAsync().AsTask())).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            log.LogWarning("The registrations could not be taken back; they go when their session ends.");
        }

        registered.Clear();
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await catalog.DisposeAsync();
        await machine.DisposeAsync();
    }
}
