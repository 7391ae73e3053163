namespace Quorate.Checking.Pages;

/// <summary>What became of a message. The numbers are in the page's data.</summary>
public enum MessageFate
{
    /// <summary>It arrived.</summary>
    Arrived = 0,

    /// <summary>It was still on its way when the run ended.</summary>
    UnderWay = 1,

    /// <summary>The network lost it.</summary>
    Lost = 2,

    /// <summary>A partition cut it off.</summary>
    Cut = 3,

    /// <summary>Nobody was there to take it.</summary>
    NoReceiver = 4,

    /// <summary>Its connection was reset.</summary>
    Reset = 5,
}

/// <summary>A message from one lane to another: an arrow.</summary>
/// <param name="From">The sender's lane.</param>
/// <param name="To">The receiver's lane.</param>
/// <param name="Sent">When it was sent.</param>
/// <param name="Ended">When it arrived, or when its loss was certain; the end of the run while it is under way.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Label">What it is, in a word or two.</param>
/// <param name="Detail">What it says.</param>
/// <param name="IsRoutine">Whether it says nothing new, such as a heartbeat: hidden at first, and the first to be left out.</param>
/// <param name="IsCopy">Whether the network made it out of another one.</param>
/// <param name="IsHeld">Whether something held it up on its way.</param>
public sealed record PageMessage(
    int From,
    int To,
    long Sent,
    long Ended,
    MessageFate Fate,
    string Label,
    string Detail = "",
    bool IsRoutine = false,
    bool IsCopy = false,
    bool IsHeld = false);
