using Quorate.Kernel.Encoding;
using Quorate.Simulation;

namespace Quorate.Cli.Lab.Runs;

/// <summary>Counts the worlds of an experiment, and joins the hashes of their traces into one: two equal runs have equal ones.</summary>
internal sealed class WorldTally
{
    /// <summary>How many worlds.</summary>
    public int Worlds { get; private set; }

    /// <summary>How many events happened in them.</summary>
    public long Events { get; private set; }

    /// <summary>How much virtual time passed in them.</summary>
    public TimeSpan Simulated { get; private set; }

    /// <summary>The hash of all that happened.</summary>
    public ulong TraceHash { get; private set; }

    /// <summary>Counts a world that has been run.</summary>
    public void Add(World world)
    {
        Worlds++;
        Events += world.Events;
        Simulated += world.Now;
        TraceHash = StableHash.Combine(TraceHash, world.TraceHash);
    }
}
