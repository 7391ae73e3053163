namespace Quorate.Checking.Histories;

/// <summary>How an operation ended.</summary>
public enum HistoryOutcome
{
    /// <summary>It happened, with the result in <see cref="HistoryOperation.Output"/>.</summary>
    Ok,

    /// <summary>It did not happen.</summary>
    Fail,

    /// <summary>It may have happened, or may happen at any later time.</summary>
    Unknown,
}

/// <summary>An operation of a history, from its invocation to its completion.</summary>
/// <param name="Process">Whose it is.</param>
/// <param name="Function">What is done.</param>
/// <param name="Key">On which object, where the history has more than one.</param>
/// <param name="Input">What it was given.</param>
/// <param name="Output">What it gave; nil unless it is known to have happened.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Invoked">The place of its invocation among the events.</param>
/// <param name="Completed">The place of its completion; <see cref="Open"/> for one that is not known to have ended.</param>
/// <param name="InvokedLine">The line of its invocation in the file; 0 when there is none.</param>
/// <param name="CompletedLine">The line of its completion in the file; 0 when there is none.</param>
public sealed record HistoryOperation(
    long Process,
    string Function,
    HistoryValue? Key,
    HistoryValue Input,
    HistoryValue Output,
    HistoryOutcome Outcome,
    int Invoked,
    int Completed,
    int InvokedLine = 0,
    int CompletedLine = 0)
{
    /// <summary>The place of the completion of an operation that has none: after every event.</summary>
    public const int Open = int.MaxValue;

    /// <summary>The operation on one line, for people.</summary>
    public override string ToString()
    {
        var key = Key is null ? "" : $" {Key}";
        var input = Input.IsNil ? "" : $" {Input}";
        var output = Outcome == HistoryOutcome.Ok && !Output.Equals(Input) ? $" -> {Output}" : "";
        var where = InvokedLine == 0 ? $"events {Invoked}-" : $"lines {InvokedLine}-";
        var end = Completed == Open ? "" : InvokedLine == 0 ? $"{Completed}" : $"{CompletedLine}";
        var outcome = Outcome == HistoryOutcome.Ok ? "" : Outcome == HistoryOutcome.Fail ? " (failed)" : " (unknown)";
        return $"process {Process}: {Function}{key}{input}{output}{outcome}  [{where}{end}]";
    }
}
