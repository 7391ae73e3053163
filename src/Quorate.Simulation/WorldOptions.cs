using Quorate.Simulation.Disks;
using Quorate.Simulation.Networks;
using Quorate.Simulation.Ordering;
using Quorate.Simulation.Schedules;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation;

/// <summary>How a world behaves before any fault is injected.</summary>
public sealed record WorldOptions
{
    /// <summary>The network of the world.</summary>
    public NetworkOptions Network { get; init; } = new();

    /// <summary>The disk that each machine gets.</summary>
    public DiskOptions Disk { get; init; } = new();

    /// <summary>
    /// How far each machine's wall clock is off the world's at most, whatever faults do: what a bounded-uncertainty clock may rely on.
    /// Default <see cref="TimeSpan.MaxValue"/>: no bound.
    /// </summary>
    public TimeSpan ClockErrorMax { get; init; } = TimeSpan.MaxValue;

    /// <summary>
    /// Another number gives other chance (orders, latencies, torn writes, the nodes' own draws) to the same seed. Default 0.
    /// </summary>
    public ulong Chance { get; init; }

    /// <summary>Which of several strands with work goes next. Default <see cref="StepOrder.Drawn"/>.</summary>
    public StepOrder Order { get; init; } = StepOrder.Drawn;

    /// <summary>Replays these faults and client operations instead of drawing them. Default null: drawn from the seed.</summary>
    public Schedule? Replay { get; init; }

    /// <summary>
    /// Whether <see cref="World.Strike"/> strikes in a replay too, because the replayed schedule leaves out what it did. Default false.
    /// </summary>
    public bool StrikesInReplay { get; init; }

    /// <summary>
    /// Ends <see cref="World.Run"/> and <see cref="World.RunUntil"/> with an <see cref="OperationCanceledException"/>, between two events and
    /// within some thousand of them. Default: nobody does.
    /// </summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Writes down every step, to find where two runs of one seed part. Default null: nobody.</summary>
    public TraceRecorder? Recorder { get; init; }

    /// <summary>How many of the last events are kept as text for <see cref="World.TraceLines"/>; older ones go. Default 0: none.</summary>
    public int TraceKeptMax { get; init; }

    /// <summary>Keeps every event, typed, for drawing the run: <see cref="World.Record"/>. Default null: nothing is kept.</summary>
    public RecordOptions? Record { get; init; }
}
