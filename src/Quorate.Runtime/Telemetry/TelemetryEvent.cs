using Quorate.Kernel.Machines;

namespace Quorate.Runtime.Telemetry;

/// <summary>One event that a machine reports.</summary>
/// <param name="Time">The wall clock's time.</param>
/// <param name="Machine">The machine's name.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Component">Which block speaks.</param>
/// <param name="Text">What happened; holds no secret.</param>
public readonly record struct TelemetryEvent(DateTimeOffset Time, string Machine, Severity Severity, string Component, string Text);
