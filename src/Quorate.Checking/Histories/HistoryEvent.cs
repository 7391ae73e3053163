namespace Quorate.Checking.Histories;

/// <summary>What an event of a history says of its operation.</summary>
public enum HistoryEventType
{
    /// <summary>A process begins an operation.</summary>
    Invoke,

    /// <summary>The operation happened.</summary>
    Ok,

    /// <summary>The operation did not happen and never will.</summary>
    Fail,

    /// <summary>Nobody knows: it may have happened, or may happen at any later time. A time-out is this, never <see cref="Fail"/>.</summary>
    Unknown,
}

/// <summary>One event of a history, in the order in which it was seen.</summary>
/// <param name="Type">What it says.</param>
/// <param name="Process">The process: a thread of one operation after another.</param>
/// <param name="Function">What is done, such as <c>read</c>.</param>
/// <param name="Key">On which object, where the history has more than one.</param>
/// <param name="Value">What the operation was given, or with <see cref="HistoryEventType.Ok"/> what it gave.</param>
/// <param name="Error">Why it failed, for people.</param>
/// <param name="Time">When, in nanoseconds since any origin; for people only, the order of events is what counts.</param>
/// <param name="Line">The line of the file, from 1; 0 when there is no file.</param>
public sealed record HistoryEvent(
    HistoryEventType Type,
    long Process,
    string Function,
    HistoryValue? Key,
    HistoryValue Value,
    string? Error = null,
    long? Time = null,
    int Line = 0);
