namespace Quorate.Checking.Transactions;

/// <summary>What breaks a level.</summary>
internal enum Violation
{
    /// <summary>Reads that no order of versions explains.</summary>
    Versions,
    G0,

    /// <summary>Reads of what never was committed.</summary>
    Dirty,
    G1c,
    Internal,

    /// <summary>A transaction is seen in part.</summary>
    Fractured,
    SessionFlow,
    SessionView,
    CausalView,
    LostUpdate,
    SingleSession,
    Nonadjacent,
    NonadjacentProcess,
    NonadjacentRealTime,
    G2,
    G2Process,
    G2RealTime,
}
