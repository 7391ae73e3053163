namespace Quorate.Checking.Transactions;

/// <summary>Which order of the transactions must be kept besides what they read.</summary>
internal enum SessionOrder
{
    /// <summary>None.</summary>
    Free,

    /// <summary>That of each process.</summary>
    Process,

    /// <summary>That of real time, of which the order of each process is a part.</summary>
    RealTime,
}
