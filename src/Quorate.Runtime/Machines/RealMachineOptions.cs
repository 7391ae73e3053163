using Quorate.Kernel.Machines;
using Quorate.Runtime.Network;
using Quorate.Runtime.Telemetry;

namespace Quorate.Runtime.Machines;

/// <summary>What a real machine is made of.</summary>
public sealed record RealMachineOptions
{
    /// <summary>The machine's name, in traces and logs. Not empty.</summary>
    public required string Name { get; init; }

    /// <summary>The folder of its files, created where it is not there and held alone. Default null: a machine without a disk.</summary>
    public string? DataFolder { get; init; }

    /// <summary>TLS for every connection. Default null: connections are plain.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Who gets the machine's events, from any thread; it must not block. Default null: nobody.</summary>
    public Action<TelemetryEvent>? Telemetry { get; init; }

    /// <summary>The least severity that <see cref="Telemetry"/> gets. Default <see cref="Severity.Information"/>.</summary>
    public Severity TelemetryLeast { get; init; } = Severity.Information;

    /// <summary>
    /// What happens when the machine fails, called once. Default null: the reason is written to standard error and the process aborts at
    /// once. Where a delegate returns, the machine's strands run nothing more and its disk takes no further write.
    /// </summary>
    public Action<Exception>? OnFail { get; init; }
}
