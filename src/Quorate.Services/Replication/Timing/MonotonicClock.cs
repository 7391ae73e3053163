namespace Quorate.Services.Replication.Timing;

/// <summary>Time since the host began: it never jumps, whatever the wall clock does.</summary>
internal sealed class MonotonicClock
{
    private readonly long origin;

    public MonotonicClock(TimeProvider provider)
    {
        Provider = provider;
        origin = provider.GetTimestamp();
    }

    public TimeProvider Provider { get; }

    public TimeSpan Now => Provider.GetElapsedTime(origin);
}
