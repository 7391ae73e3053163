using Quorate.Kernel.Machines;
using Quorate.Runtime.Telemetry;

namespace Quorate.Cli.Nodes;

/// <summary>What a process with nodes tells on standard error, a line an event.</summary>
internal static class NodeLog
{
    /// <summary>Writes an event.</summary>
    /// <param name="e">The event.</param>
    public static void Write(TelemetryEvent e) =>
        Console.Error.WriteLine($"{e.Time:HH:mm:ss.fff} {e.Severity,-11} {e.Machine} {e.Component}: {e.Text}");

    /// <summary>Writes events of a component that lies outside of a node's machine.</summary>
    /// <param name="node">The node.</param>
    /// <param name="component">The component.</param>
    /// <param name="least">The least severity that is written.</param>
    public static Action<Severity, string> Of(string node, string component, Severity least) => (severity, text) =>
    {
        if (severity >= least)
            Write(new TelemetryEvent(TimeProvider.System.GetUtcNow(), node, severity, component, text));
    };
}
