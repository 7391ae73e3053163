using Quorate.Checking.Findings;

namespace Quorate.Checking.Transactions;

/// <summary>What the reads of a history prove about single steps.</summary>
internal interface IVersionEvidence
{
    /// <summary>Whether the second read what the first wrote last.</summary>
    bool Reads(Dependency step);

    /// <summary>Whether the second overwrote what the first wrote, with nothing that was committed between.</summary>
    bool Overwrites(Dependency step);

    /// <summary>Whether the second wrote a later version than the first read.</summary>
    bool OverwritesRead(Dependency step);

    /// <summary>Whether an anomaly that is no cycle is there.</summary>
    bool ConfirmsDirect(Finding finding);
}
