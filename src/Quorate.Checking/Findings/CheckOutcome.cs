namespace Quorate.Checking.Findings;

/// <summary>What a check of a history found.</summary>
public enum CheckOutcome
{
    /// <summary>The history keeps the promise.</summary>
    Valid,

    /// <summary>The history breaks the promise, and a witness shows where.</summary>
    Invalid,

    /// <summary>A bound was reached first, or the history does not tell.</summary>
    Unknown,
}
