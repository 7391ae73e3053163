using Quorate.Simulation.Disks;
using Quorate.Simulation.Networks;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation;

/// <summary>How a world behaves before any fault is injected.</summary>
public sealed record WorldOptions
{
    /// <summary>The network of the world.</summary>
    public NetworkOptions Network { get; init; } = new();

    /// <summary>The disk that each machine gets.</summary>
    public DiskOptions Disk { get; init; } = new();

    /// <summary>How many of the last events are kept as text for <see cref="World.TraceLines"/>; older ones go. Default 0: none.</summary>
    public int TraceKeptMax { get; init; }

    /// <summary>Keeps every event, typed, for drawing the run: <see cref="World.Record"/>. Default null: nothing is kept.</summary>
    public RecordOptions? Record { get; init; }
}
