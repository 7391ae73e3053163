using Quorate.Checking.Histories;

namespace Quorate.Checking.Pages;

/// <summary>An operation of a client: a bar from its invocation to its completion.</summary>
/// <param name="Lane">The client's lane.</param>
/// <param name="Invoked">When it began.</param>
/// <param name="Ended">When the client learned of its end or gave up waiting; null when neither is known.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Label">What it did, in a few words that fit on a bar.</param>
/// <param name="Detail">All of it.</param>
public sealed record PageOperation(int Lane, long Invoked, long? Ended, HistoryOutcome Outcome, string Label, string Detail = "")
{
    /// <summary>Whose it is, where a lane has several processes one after another.</summary>
    public string Process { get; init; } = "";

    /// <summary>The objects that it touches, to filter by.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];
}
