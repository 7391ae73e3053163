namespace Quorate.Tests.Simulation;

internal static class ClockExtensions
{
    public static Task Delay(this TimeProvider clock, TimeSpan time, CancellationToken ct = default) => Task.Delay(time, clock, ct);
}
