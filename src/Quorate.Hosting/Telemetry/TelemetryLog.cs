using Microsoft.Extensions.Logging;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Telemetry;

namespace Quorate.Hosting.Telemetry;

/// <summary>Writes the events of machines to the application's log.</summary>
internal static class TelemetryLog
{
    /// <summary>Writes one.</summary>
    /// <param name="log">The log.</param>
    /// <param name="e">The event.</param>
    public static void Write(ILogger log, TelemetryEvent e) =>
        log.Log(LevelOf(e.Severity), "{Machine} {Component}: {Text}", e.Machine, e.Component, e.Text);

    private static LogLevel LevelOf(Severity severity) => severity switch
    {
        Severity.Debug => LogLevel.Debug,
        Severity.Information => LogLevel.Information,
        Severity.Warning => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}
