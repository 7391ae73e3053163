using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Telemetry;

namespace Quorate.Hosting;

/// <summary>Starts a node with its host and stops it with it. A node that fails stops the application.</summary>
internal sealed class HostedNode(IOptions<QuorateNodeBuilder> description, ILoggerFactory loggers, IHostApplicationLifetime application)
    : IHostedService, IAsyncDisposable
{
    private readonly ILogger log = loggers.CreateLogger("Quorate");
    private QuorateNode? node;

    /// <summary>The node's service; it refuses calls while the node does not run.</summary>
    public HostedCoordination Coordination { get; } = new();

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
        Coordination.Close("The node has stopped.");
        if (Interlocked.Exchange(ref node, null) is { } running)
            await running.DisposeAsync().AsTask().WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref node, null) is { } running)
            await running.DisposeAsync();
    }

    private void OnFail(Exception reason)
    {
        Coordination.Fail($"The node has failed: {reason.Message}");
        log.LogCritical(reason, "The node has failed; the application stops.");
        application.StopApplication();
    }

    private void Log(TelemetryEvent e) => log.Log(LevelOf(e.Severity), "{Machine} {Component}: {Text}", e.Machine, e.Component, e.Text);

    private Severity LeastEnabled() =>
        log.IsEnabled(LogLevel.Debug) ? Severity.Debug : log.IsEnabled(LogLevel.Information) ? Severity.Information : Severity.Warning;

    private static LogLevel LevelOf(Severity severity) => severity switch
    {
        Severity.Debug => LogLevel.Debug,
        Severity.Information => LogLevel.Information,
        Severity.Warning => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}
