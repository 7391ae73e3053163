namespace Quorate.Simulation.Tracing;

/// <summary>What a world records of its run, for drawing it.</summary>
public sealed record RecordOptions
{
    /// <summary>The most events that are kept; when full, the oldest half goes. Default 2,000,000, about 200 MB.</summary>
    public int EventsMax { get; init; } = 2_000_000;

    /// <summary>
    /// Makes what puts one direction of a connection into words; null where messages have no names. Each direction gets its own, since a
    /// message may be cut at any byte.
    /// </summary>
    public Func<IMessageLabeler>? Streams { get; init; }

    /// <summary>Puts datagrams into words; null where they have no names.</summary>
    public IMessageLabeler? Datagrams { get; init; }
}
