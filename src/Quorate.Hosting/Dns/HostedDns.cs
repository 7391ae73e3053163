using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorate.Hosting.Stores;
using Quorate.Hosting.Telemetry;

namespace Quorate.Hosting.Dns;

/// <summary>Tells the registry of the application's store over DNS while the host runs.</summary>
/// <param name="store">The store.</param>
/// <param name="options">Where and how.</param>
/// <param name="loggers">Where it logs.</param>
internal sealed class HostedDns(HostedStore store, DnsEndpointOptions options, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private readonly ILogger log = loggers.CreateLogger("Quorate.Dns");
    private DnsEndpoint? endpoint;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var prefixed = options with { Catalog = options.Catalog with { Prefix = store.Prefix } };
        endpoint = await DnsEndpoint.StartAsync(
            store.Name, store.Provider, prefixed, e => TelemetryLog.Write(log, e), cancellationToken: cancellationToken);
        log.LogInformation("Services are told over DNS at {Address}.", endpoint.Local);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask().WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref endpoint, null) is { } running)
            await running.DisposeAsync();
    }
}
