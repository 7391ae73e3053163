namespace Quorate.Checking.Pages;

/// <summary>What a mark says. The numbers are in the page's data.</summary>
public enum MarkKind
{
    /// <summary>A machine booted.</summary>
    Boot = 0,

    /// <summary>A machine crashed.</summary>
    Crash = 1,

    /// <summary>A machine stopped, by order or by itself.</summary>
    Stop = 2,

    /// <summary>A node began to lead.</summary>
    Leader = 3,

    /// <summary>A node moved to another term.</summary>
    Term = 4,

    /// <summary>A node learned that more is committed.</summary>
    Commit = 5,

    /// <summary>The network did something to someone.</summary>
    NetworkFault = 6,

    /// <summary>A disk failed.</summary>
    DiskFault = 7,

    /// <summary>A clock jumped.</summary>
    ClockFault = 8,

    /// <summary>A node reported that something is wrong.</summary>
    Warning = 9,

    /// <summary>Anything else worth a note.</summary>
    Note = 10,

    /// <summary>A step of a model: an action by its name.</summary>
    Step = 11,

    /// <summary>Something went wrong here.</summary>
    Violation = 12,
}

/// <summary>What happened on a lane at one moment.</summary>
/// <param name="Lane">Where.</param>
/// <param name="At">When.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Label">What, in a word or two.</param>
/// <param name="Detail">More of it.</param>
/// <param name="IsMinor">Whether it may be left out early where not all fits.</param>
public sealed record PageMark(int Lane, long At, MarkKind Kind, string Label, string Detail = "", bool IsMinor = false);

/// <summary>What a span says. The numbers are in the page's data.</summary>
public enum SpanKind
{
    /// <summary>The machine is down.</summary>
    Down = 0,

    /// <summary>The machine is paused.</summary>
    Paused = 1,

    /// <summary>The node leads.</summary>
    Leader = 2,

    /// <summary>The network is cut, clogged, lossy.</summary>
    NetworkFault = 3,

    /// <summary>The disk is slow, full or failing.</summary>
    DiskFault = 4,

    /// <summary>The clock is wrong.</summary>
    ClockFault = 5,
}

/// <summary>What lasted on a lane from one moment to another.</summary>
/// <param name="Lane">Where.</param>
/// <param name="From">Its beginning.</param>
/// <param name="To">Its end.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Label">What, in a word or two.</param>
/// <param name="Detail">More of it.</param>
public sealed record PageSpan(int Lane, long From, long To, SpanKind Kind, string Label, string Detail = "");
