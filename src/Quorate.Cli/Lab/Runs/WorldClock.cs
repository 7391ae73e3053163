using Quorate.Simulation;

namespace Quorate.Cli.Lab.Runs;

/// <summary>The time of a world, which no machine of it sees: for stamps of what several machines do.</summary>
internal sealed class WorldClock(World world) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => world.Now.Ticks;
}
