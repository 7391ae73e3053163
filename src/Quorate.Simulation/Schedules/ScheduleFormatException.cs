namespace Quorate.Simulation.Schedules;

/// <summary>A schedule file is not one; the message names the place.</summary>
/// <param name="message">What is wrong, and where.</param>
public sealed class ScheduleFormatException(string message) : FormatException(message);
