using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Quorate.Runtime.Telemetry;

/// <summary>The meter and the activity source of the real machine, for any listener such as OpenTelemetry.</summary>
/// <remarks>
/// Guarantee: names and units do not change between minor versions.
/// Cost: a branch for each instrument that nobody listens to.
/// </remarks>
public static class RuntimeMetrics
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string SourceName = "Quorate.Runtime";

    internal static readonly Meter Meter = new(SourceName);

    internal static readonly ActivitySource Activities = new(SourceName);

    internal static readonly Histogram<double> SyncSeconds =
        Meter.CreateHistogram<double>("quorate.disk.sync.duration", "s", "Time of one fdatasync, with the write before it where they are one trip.");

    internal static readonly Counter<long> WrittenBytes =
        Meter.CreateCounter<long>("quorate.disk.written", "By", "Bytes written to files.");

    internal static readonly UpDownCounter<long> OpenConnections =
        Meter.CreateUpDownCounter<long>("quorate.network.connections", "{connection}", "Connections that are open.");

    internal static readonly Counter<long> RefusedHandshakes =
        Meter.CreateCounter<long>("quorate.network.handshakes.refused", "{handshake}", "TLS handshakes that failed.");
}
