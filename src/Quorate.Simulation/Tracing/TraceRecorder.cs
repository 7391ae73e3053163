using System.Globalization;

namespace Quorate.Simulation.Tracing;

/// <summary>Where two runs of one seed part.</summary>
/// <param name="Step">How many steps they shared.</param>
/// <param name="Expected">What happened next in the first run.</param>
/// <param name="Actual">What happened next in the second.</param>
/// <param name="CallSite">
/// Whose code did it in the second run: a method with file and line; or, where the step itself differs, whose code did the step before.
/// </param>
public sealed record TraceDifference(long Step, string Expected, string Actual, string? CallSite)
{
    /// <summary>The difference in words.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"after {Step} equal steps the runs part, at {CallSite ?? "a step of the simulator"}: first '{Expected}', then '{Actual}'");
}

/// <summary>
/// Writes down every step of a run, and holds it against the steps of another run of the same seed: the first difference names whose code
/// did it. More is written down than the trace's hash holds: timers that are set, and work that is posted.
/// </summary>
/// <remarks>
/// Guarantee: two runs that differ within the first <see cref="StepsMax"/> steps are told apart at the first step that differs.
/// Cost: a text a step, about a microsecond and 100 bytes; nothing where no world has one.
/// Fails when: runs are longer; then the rest is not compared. For one run.
/// </remarks>
/// <param name="expected">The run to compare with, or null for the first one.</param>
public sealed class TraceRecorder(TraceRecorder? expected = null)
{
    /// <summary>How many steps are written down.</summary>
    public const int StepsMax = 500_000;

    private const string Header = "quorate-trace 1";
    private readonly List<string> steps = [];
    private string? lastSite;

    /// <summary>How many steps were written down.</summary>
    public int Count => steps.Count;

    /// <summary>The first difference, or null while there is none.</summary>
    public TraceDifference? Difference { get; private set; }

    /// <summary>The difference at the end: one run may have stopped where the other went on.</summary>
    public TraceDifference? Finish()
    {
        if (Difference is null && expected is not null && steps.Count < expected.Count)
            Difference = new TraceDifference(steps.Count, expected.steps[steps.Count], "the end", lastSite);
        return Difference;
    }

    /// <summary>Writes the steps, for a comparison in another process.</summary>
    /// <param name="output">Where to.</param>
    public void Save(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write($"{Header}\n");
        foreach (var step in steps)
            output.Write($"{step.ReplaceLineEndings(" ")}\n");
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="input">Where from.</param>
    /// <exception cref="FormatException">It is not that.</exception>
    public static TraceRecorder Load(TextReader input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.ReadLine() != Header)
            throw new FormatException($"A recorded trace begins with '{Header}'.");
        var loaded = new TraceRecorder();
        while (input.ReadLine() is { } line && loaded.steps.Count < StepsMax)
            loaded.steps.Add(line);
        return loaded;
    }

    internal void Add(TraceKind kind, long now, string? text, long first, long second)
    {
        if (Difference is not null || steps.Count == StepsMax)
            return;
        var what = text?.ReplaceLineEndings(" ") ?? string.Create(CultureInfo.InvariantCulture, $"{first} {second}");
        var step = string.Create(CultureInfo.InvariantCulture, $"{new TimeSpan(now):c} {kind} {what}");
        if (expected is null)
        {
            steps.Add(step);
            return;
        }
        var before = steps.Count < expected.Count ? expected.steps[steps.Count] : "the end";
        if (before != step)
            Difference = new TraceDifference(steps.Count, before, step, CallSites.Here() ?? lastSite);
        // A difference that only shows when the simulator takes its next step was made by whoever acted last.
        else if (kind is TraceKind.TimerSet or TraceKind.Posted or TraceKind.DatagramSent or TraceKind.DiskOperation)
            lastSite = CallSites.Here() ?? lastSite;
        steps.Add(step);
    }
}
