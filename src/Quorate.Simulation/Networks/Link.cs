namespace Quorate.Simulation.Networks;

/// <summary>The way from one machine to another, one direction.</summary>
internal sealed class Link(int from, int to)
{
    public int From { get; } = from;

    public int To { get; } = to;

    /// <summary>How many partitions cut it now.</summary>
    public int Cuts { get; set; }

    /// <summary>Nothing arrives before this time; it waits and is not lost.</summary>
    public long CloggedUntil { get; set; }
}
