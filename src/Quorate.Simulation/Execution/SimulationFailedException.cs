namespace Quorate.Simulation.Execution;

/// <summary>A seed failed: an invariant was broken, an exception escaped, work left its strand, or the world made no progress.</summary>
/// <remarks>The message starts with the seed, the virtual time and the number of the event, which replay it.</remarks>
public sealed class SimulationFailedException : Exception
{
    /// <summary>Names the seed and the place of the failure.</summary>
    /// <param name="seed">The seed that failed.</param>
    /// <param name="now">The virtual time of the failure.</param>
    /// <param name="events">How many events had happened.</param>
    /// <param name="what">What went wrong.</param>
    /// <param name="cause">The exception behind it, where there is one.</param>
    public SimulationFailedException(ulong seed, TimeSpan now, long events, string what, Exception? cause = null)
        : base($"Seed {seed} failed at {now:c}, event {events}: {what}", cause)
    {
        Seed = seed;
        Now = now;
        Events = events;
    }

    /// <summary>The seed that failed.</summary>
    public ulong Seed { get; }

    /// <summary>The virtual time of the failure.</summary>
    public TimeSpan Now { get; }

    /// <summary>How many events had happened.</summary>
    public long Events { get; }
}
