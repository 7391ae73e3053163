using Quorate.Checking.Pages.Figures;

namespace Quorate.Checking.Pages;

/// <summary>What the moments of a page count.</summary>
public enum PageAxis
{
    /// <summary>Nanoseconds since the run began.</summary>
    Time,

    /// <summary>Steps, of which only the order means anything: places in a history, or the steps of a model's counterexample.</summary>
    Steps,
}

/// <summary>What the run that a page shows came to.</summary>
public enum PageVerdict
{
    /// <summary>Nobody judged it.</summary>
    None,

    /// <summary>What had to hold held.</summary>
    Valid,

    /// <summary>What had to hold did not.</summary>
    Invalid,

    /// <summary>A bound was reached before it could be told.</summary>
    Unknown,
}

/// <summary>
/// A run as one page draws it: lanes, messages between them, marks and spans on them, the operations of clients, and the witness that
/// shows what is wrong. Whoever has a run to show (a simulation, a history, a counterexample of a model) builds one.
/// </summary>
/// <remarks>
/// Guarantee: what refers to a lane or an operation does so by its place in the list; the writer refuses a place that is not there.
/// Cost: the lists that it is given; nothing is copied.
/// Fails when: never.
/// Source: Lamport, "Time, clocks, and the ordering of events in a distributed system", 1978 (space-time diagrams).
/// </remarks>
public sealed record RunPage
{
    /// <summary>The most charts, and the most tables.</summary>
    public const int FiguresMax = 12;

    /// <summary>What the page is headed.</summary>
    public required string Title { get; init; }

    /// <summary>What the run came to.</summary>
    public PageVerdict Verdict { get; init; }

    /// <summary>What is wrong, in words; empty where nothing is.</summary>
    public string Violation { get; init; } = "";

    /// <summary>The command that runs it again; empty where there is none.</summary>
    public string Replay { get; init; } = "";

    /// <summary>What else is worth knowing of the run, name and value.</summary>
    public IReadOnlyList<PageFact> Facts { get; init; } = [];

    /// <summary>What moments count.</summary>
    public PageAxis Axis { get; init; }

    /// <summary>Who takes part, from top to bottom.</summary>
    public required IReadOnlyList<PageLane> Lanes { get; init; }

    /// <summary>What was sent between them.</summary>
    public IReadOnlyList<PageMessage> Messages { get; init; } = [];

    /// <summary>What happened at one moment.</summary>
    public IReadOnlyList<PageMark> Marks { get; init; } = [];

    /// <summary>What lasted.</summary>
    public IReadOnlyList<PageSpan> Spans { get; init; } = [];

    /// <summary>What clients did.</summary>
    public IReadOnlyList<PageOperation> Operations { get; init; } = [];

    /// <summary>What shows that the run is wrong, or null.</summary>
    public PageWitness? Witness { get; init; }

    /// <summary>Where the page opens and around which events are kept when not all fit; null for the witness, or all of the run.</summary>
    public PageWindow? Focus { get; init; }

    /// <summary>Charts of measured points, above the diagram; at most <see cref="FiguresMax"/>.</summary>
    public IReadOnlyList<PageChart> Charts { get; init; } = [];

    /// <summary>Tables of what was measured, below the charts; at most <see cref="FiguresMax"/>.</summary>
    public IReadOnlyList<PageTable> Tables { get; init; } = [];

    /// <summary>What the reader of the page should know of its making, such as that a recording was cut short.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A name and a value.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value.</param>
public sealed record PageFact(string Name, string Value);

/// <summary>From one moment to another.</summary>
/// <param name="From">The first moment.</param>
/// <param name="To">The last moment.</param>
public readonly record struct PageWindow(long From, long To);
