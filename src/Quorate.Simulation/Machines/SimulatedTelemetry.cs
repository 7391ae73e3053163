using System.Diagnostics.Metrics;
using Quorate.Kernel.Machines;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Machines;

/// <summary>
/// What a machine reports becomes part of the trace. Debug detail is kept for the reader only and only where text is kept.
/// </summary>
internal sealed class SimulatedTelemetry(Engine engine, string machine) : ITelemetry
{
    public bool IsEnabled(Severity severity) => severity > Severity.Debug || engine.Trace.Keeps;

    public void Sometimes(string branch) => engine.Reached[branch] = engine.Reached.GetValueOrDefault(branch) + 1;

    public Meter? OpenMeter(string name) => null;

    public void Record(Severity severity, string component, string text)
    {
        var line = $"{machine} {severity} {component}: {text}";
        if (severity > Severity.Debug)
        {
            engine.Trace.Add(TraceKind.Telemetry, engine.Now, line);
            engine.Record?.Telemetry(machine, severity, component, text);
        }
        else
            engine.Trace.AddUnhashed(TraceKind.Telemetry, engine.Now, line);
    }
}
