using Quorate.Kernel.Machines;

namespace Quorate.Server.Listening;

/// <summary>Tells that a bound was reached: a warning, at most once a minute, whatever clients do.</summary>
/// <param name="tell">Takes the warning; null for nobody.</param>
internal sealed class BoundNotice(Action<Severity, string>? tell)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private long toldAt = long.MinValue;

    /// <summary>Tells it.</summary>
    /// <param name="text">What was reached.</param>
    public void Tell(string text)
    {
        var (now, before) = (Environment.TickCount64, Interlocked.Read(ref toldAt));
        if (before != long.MinValue && now - before < Interval.TotalMilliseconds)
            return;
        if (Interlocked.CompareExchange(ref toldAt, now, before) == before)
            tell?.Invoke(Severity.Warning, text);
    }
}
