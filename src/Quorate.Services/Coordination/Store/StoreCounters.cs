namespace Quorate.Services.Coordination.Store;

/// <summary>Counts what was done since the process started. No part of the replicated state.</summary>
internal sealed class StoreCounters
{
    /// <summary>Puts.</summary>
    public long Puts { get; set; }

    /// <summary>Deletions of a key or a range.</summary>
    public long Deletes { get; set; }

    /// <summary>Transactions that were replicated.</summary>
    public long Transactions { get; set; }

    /// <summary>Ranges read.</summary>
    public long Ranges { get; set; }

    /// <summary>Leases granted.</summary>
    public long LeasesGranted { get; set; }

    /// <summary>Leases ended by clients.</summary>
    public long LeasesRevoked { get; set; }

    /// <summary>Leases that ran out.</summary>
    public long LeasesExpired { get; set; }

    /// <summary>The counts as they are now.</summary>
    public StoreTotals Totals => new()
    {
        Puts = Puts,
        Deletes = Deletes,
        Transactions = Transactions,
        Ranges = Ranges,
        LeasesGranted = LeasesGranted,
        LeasesRevoked = LeasesRevoked,
        LeasesExpired = LeasesExpired,
    };
}
