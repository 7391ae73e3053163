using Quorate.Simulation.Randomness;

namespace Quorate.Simulation.Networks;

/// <summary>The way from one machine to another, one direction. Its chance is its own: a message more here shifts no draw elsewhere.</summary>
internal sealed class Link(int from, int to, SeededRandom random)
{
    public int From { get; } = from;

    public int To { get; } = to;

    public SeededRandom Random { get; } = random;

    /// <summary>How many partitions cut it now.</summary>
    public int Cuts { get; set; }

    /// <summary>Nothing arrives before this time; it waits and is not lost.</summary>
    public long CloggedUntil { get; set; }

    /// <summary>What every message takes longer than drawn.</summary>
    public long ExtraLatency { get; set; }

    /// <summary>How many bytes it carries in a second; 0 is as many as are sent.</summary>
    public long BytesPerSecond { get; set; }

    /// <summary>When the last byte of what was sent so far has left, where the bandwidth is limited.</summary>
    public long BusyUntil { get; set; }

    /// <summary>Ends every fault of this way.</summary>
    public void Heal() => (Cuts, CloggedUntil, ExtraLatency, BytesPerSecond, BusyUntil) = (0, 0, 0, 0, 0);
}
