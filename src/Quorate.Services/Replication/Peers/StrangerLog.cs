using Quorate.Kernel.Machines;
using Quorate.Services.Replication.Timing;

namespace Quorate.Services.Replication.Peers;

/// <summary>
/// Says what is wrong with connections from outside. Anybody who reaches the port can make a line of it, so there are few a minute; the rest is
/// counted, and the count is said with the next line after the minute.
/// </summary>
/// <param name="machine">Takes the lines.</param>
/// <param name="clock">The host's clock.</param>
internal sealed class StrangerLog(IMachine machine, MonotonicClock clock)
{
    /// <summary>The most lines of a minute.</summary>
    public const int LinesMax = 20;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private TimeSpan windowEnd = TimeSpan.MinValue;
    private int lines;
    private long leftOut;

    /// <summary>Says it, or counts it.</summary>
    /// <param name="what">What is wrong.</param>
    public void Warn(string what)
    {
        if (clock.Now >= windowEnd)
            Begin();
        if (lines++ < LinesMax)
            machine.Telemetry.Record(Severity.Warning, "peers", what);
        else
            leftOut++;
    }

    private void Begin()
    {
        if (leftOut > 0)
            machine.Telemetry.Record(Severity.Warning, "peers", $"{leftOut} more connections were refused or ended, and are not named here.");
        (windowEnd, lines, leftOut) = (clock.Now + Window, 0, 0);
    }
}
