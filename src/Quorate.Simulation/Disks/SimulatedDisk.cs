using Quorate.Kernel.Machines;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Randomness;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Disks;

/// <summary>The disk of a simulated machine: it survives the machine's crashes, and these knobs break it.</summary>
/// <remarks>
/// Guarantee: what <see cref="IDisk"/> says, and at a crash no more than that: each write since the last sync is
/// kept, lost or torn between 512-byte sectors, each change of names since the last directory sync is kept or lost.
/// Cost: one event an operation; memory for the pages that were written, and a copy of those changed since the last sync.
/// Fails when: a knob is out of its range (<see cref="ArgumentOutOfRangeException"/>).
/// Source: Pillai and others, "All file systems are not created equal", OSDI 2014; Rebello and others, "Can applications recover from
/// fsync failures?", ATC 2020.
/// </remarks>
public sealed class SimulatedDisk
{
    private static readonly string[] Knobs =
    [
        "slowness", "capacity", nameof(ErrorRate), nameof(ReadErrorRate), nameof(WriteErrorRate), nameof(MisdirectionRate),
        nameof(SyncFailureRate),
    ];

    private double errorRate;
    private double readErrorRate;
    private double writeErrorRate;
    private double misdirectionRate;
    private double syncFailureRate;
    private double slowness = 1;
    private long capacityBytes;

    internal SimulatedDisk(Engine engine, DiskOptions options, string machine)
    {
        Engine = engine;
        Options = options;
        Machine = machine;
        capacityBytes = options.CapacityBytes;
        Random = SeededRandom.For(engine.ChanceSeed, $"disk {machine}");
    }

    /// <summary>How often an operation fails with an error. From 0 to 1.</summary>
    public double ErrorRate { get => errorRate; set => SetRate(ref errorRate, value, nameof(ErrorRate)); }

    /// <summary>How often a read, a listing or a look-up fails; writes go on. From 0 to 1.</summary>
    public double ReadErrorRate { get => readErrorRate; set => SetRate(ref readErrorRate, value, nameof(ReadErrorRate)); }

    /// <summary>How often a write, a resize or a change of names fails; reads and syncs go on. From 0 to 1.</summary>
    public double WriteErrorRate { get => writeErrorRate; set => SetRate(ref writeErrorRate, value, nameof(WriteErrorRate)); }

    /// <summary>
    /// How often a write succeeds and lands in another sector of its file instead: what was there is gone, and the right place keeps what
    /// it had. From 0 to 1.
    /// </summary>
    public double MisdirectionRate { get => misdirectionRate; set => SetRate(ref misdirectionRate, value, nameof(MisdirectionRate)); }

    /// <summary>Whether a crash loses every change of names since the last directory sync, while the bytes of all files are kept.</summary>
    public bool LosesNames { get; set; }

    /// <summary>How often a sync fails; what it should have made durable may be lost. From 0 to 1.</summary>
    public double SyncFailureRate { get => syncFailureRate; set => SetRate(ref syncFailureRate, value, nameof(SyncFailureRate)); }

    /// <summary>How many times slower than healthy every operation is; at least 1.</summary>
    public double Slowness
    {
        get => slowness;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            slowness = value;
            Note($"{Machine}: disk slowness {value:R}");
            Turn("slowness", FormattableString.Invariant($"disk {value:0.#} times slower"), value > 1);
        }
    }

    /// <summary>How many bytes it holds. Lowering it below <see cref="UsedBytes"/> makes it full at once.</summary>
    public long CapacityBytes
    {
        get => capacityBytes;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            capacityBytes = value;
            Note($"{Machine}: disk holds {value} bytes");
            Turn("capacity", $"disk holds {value} bytes", value < Options.CapacityBytes);
        }
    }

    /// <summary>Whether it may fail operations now: errors, failing syncs, or less room than it was made with.</summary>
    public bool IsFailing => errorRate > 0 || readErrorRate > 0 || writeErrorRate > 0 || syncFailureRate > 0
        || misdirectionRate > 0 || capacityBytes < Options.CapacityBytes;

    /// <summary>Whether it has failed an operation since its machine booted.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether synced bytes were ever damaged: by <see cref="FlipBit"/>, <see cref="Rot"/> or a misdirected write.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>How many bytes its files take.</summary>
    public long UsedBytes { get; internal set; }

    internal Engine Engine { get; }

    internal DiskOptions Options { get; }

    internal SeededRandom Random { get; }

    internal string Machine { get; }

    internal NameTable Names { get; } = new();

    internal PagePool Pages { get; } = new();

    internal Stack<DiskOperation> IdleOperations { get; } = new();

    /// <summary>Ends every fault: no errors, healthy speed, the capacity that it was made with.</summary>
    public void Heal()
    {
        (errorRate, readErrorRate, writeErrorRate, misdirectionRate, syncFailureRate) = (0, 0, 0, 0, 0);
        (slowness, capacityBytes, LosesNames) = (1, Options.CapacityBytes, false);
        foreach (var knob in Knobs)
            Turn(knob, "disk healed", isFaulty: false);
        Note($"{Machine}: disk healed");
    }

    /// <summary>The disk holds again what it was made to hold.</summary>
    public void RestoreCapacity() => CapacityBytes = Options.CapacityBytes;

    /// <summary>The bytes of a file as a reader sees them now, or null where there is no such file. For checks from outside.</summary>
    /// <param name="path">Which.</param>
    public byte[]? ReadAllBytes(string path)
    {
        if (!Names.Files.TryGetValue(path, out var node))
            return null;
        var bytes = new byte[node.Length];
        node.Read(0, bytes);
        return bytes;
    }

    /// <summary>Damages a file from outside, as a failing device does: one bit of the durable bytes flips.</summary>
    /// <param name="path">Which.</param>
    /// <param name="offset">Where, in bytes.</param>
    public void FlipBit(string path, long offset)
    {
        if (!Names.Files.TryGetValue(path, out var node) || offset < 0 || offset >= node.Length)
            throw new ArgumentException($"'{path}' has no byte {offset}.", nameof(path));
        node.FlipBit(offset);
        IsDamaged = true;
        Note($"{Machine}: bit flipped in {path} at {offset}");
        Engine.Record?.Knob(Machine, KnobOwner.Disk, "bit", $"bit flipped in {path} at {offset}", isFaulty: true, isInstant: true);
    }

    /// <summary>Bit rot: one bit of the durable bytes flips, at a part of the way through all files in the order of their names.</summary>
    /// <param name="part">From 0 to less than 1.</param>
    /// <returns>Whether there was a byte to flip.</returns>
    public bool Rot(double part)
    {
        if (!(part is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(part), part, "A part is from 0 to less than 1.");
        var at = (long)(Names.Files.Values.Sum(n => n.Length) * part);
        foreach (var (path, node) in Names.Files)
        {
            if (at < node.Length)
            {
                FlipBit(path, at);
                return true;
            }
            at -= node.Length;
        }
        return false;
    }

    /// <summary>Where a write lands: mostly where it should.</summary>
    internal long Land(FileNode node, long offset, int length)
    {
        if (!Random.Chance(misdirectionRate))
            return offset;
        var sectors = Math.Max((node.Length - length) / FileNode.SectorBytes, 0);
        var elsewhere = Random.NextInt64(sectors + 1) * FileNode.SectorBytes + offset % FileNode.SectorBytes;
        if (elsewhere == offset)
            return offset;
        IsDamaged = true;
        Note($"{Machine}: a write for {offset} went to {elsewhere}");
        var text = $"a write for {offset} went to {elsewhere}";
        Engine.Record?.Knob(Machine, KnobOwner.Disk, "astray", text, isFaulty: true, isInstant: true);
        return elsewhere;
    }

    internal void BeginLife() => HasFailed = false;

    /// <summary>Notes that an operation fails with this error, and gives it back; null is no error.</summary>
    internal T? Failed<T>(T? failure)
        where T : Exception
    {
        HasFailed |= failure is not null;
        if (failure is not null)
            Engine.Record?.DiskFailure(Machine, failure.Message);
        return failure;
    }

    /// <summary>
    /// Whether a node may stop itself with this error because of what its disk did to it. A file that is corrupt although no bit was
    /// flipped is the node's own doing, and so is an I/O error (of the network, say) while the disk did all that it was asked to.
    /// </summary>
    internal bool Explains(Exception error)
    {
        if (error is AggregateException { InnerExceptions.Count: > 0 } several)
            return several.InnerExceptions.All(Explains);
        if (error is not IOException)
            return false;
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is CorruptFileException)
                return IsDamaged;
        }
        return HasFailed;
    }

    /// <summary>The machine lost its power.</summary>
    internal void Crash()
    {
        Names.Crash(Random, LosesNames);
        foreach (var node in Names.Files.Values.Distinct())
            node.Crash(Random, keepsAll: LosesNames);
        UsedBytes = Names.Files.Values.Distinct().Sum(n => n.Length);
        Engine.Trace.Add(TraceKind.DiskCrash, Engine.Now, Names.Files.Count, UsedBytes);
    }

    internal long DrawTime(bool isSync)
    {
        var time = isSync
            ? Random.NextTimeSpan(Options.SyncMin, Options.SyncMax)
            : Random.NextTimeSpan(Options.AccessMin, Options.AccessMax);
        return (long)(time.Ticks * slowness);
    }

    /// <summary>How often an operation of this sort fails now.</summary>
    internal double FailureRate(DiskAccess access) => access switch
    {
        DiskAccess.Read => Math.Max(errorRate, readErrorRate),
        DiskAccess.Write => Math.Max(errorRate, writeErrorRate),
        _ => Math.Max(errorRate, syncFailureRate),
    };

    internal void Note(string text) => Engine.Trace.Add(TraceKind.DiskFault, Engine.Now, text);

    private void Turn(string knob, string text, bool isFaulty) => Engine.Record?.Knob(Machine, KnobOwner.Disk, knob, text, isFaulty);

    private void SetRate(ref double field, double value, string name)
    {
        if (!(value is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(name, value, "A rate is from 0 to 1.");
        field = value;
        Note($"{Machine}: disk {name} {value:R}");
        var what = name switch
        {
            nameof(ErrorRate) => "disk operations fail",
            nameof(ReadErrorRate) => "reads fail",
            nameof(WriteErrorRate) => "writes fail",
            nameof(MisdirectionRate) => "writes go astray",
            _ => "syncs fail",
        };
        Turn(name, FormattableString.Invariant($"{value:P0} of {what}"), value > 0);
    }
}
