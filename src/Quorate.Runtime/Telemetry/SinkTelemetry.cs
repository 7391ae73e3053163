using System.Diagnostics.Metrics;
using Quorate.Kernel.Machines;

namespace Quorate.Runtime.Telemetry;

/// <summary>Hands the machine's events to a delegate; an exception of the delegate is swallowed, as telemetry never breaks the node.</summary>
internal sealed class SinkTelemetry(string machine, Severity least, Action<TelemetryEvent>? sink) : ITelemetry
{
    /// <inheritdoc/>
    public bool IsEnabled(Severity severity) => sink is not null && severity >= least;

    /// <inheritdoc/>
    public void Record(Severity severity, string component, string text)
    {
        if (!IsEnabled(severity))
            return;
        try
        {
            sink!(new TelemetryEvent(TimeProvider.System.GetUtcNow(), machine, severity, component, text));
        }
        catch (Exception)
        {
            // Record never throws: see ITelemetry.
        }
    }

    /// <inheritdoc/>
    public Meter? OpenMeter(string name) => new(name);
}
