namespace Quorate.Services.Coordination.Commands;

/// <summary>What a replicated command does. The numbers are part of the log's format.</summary>
internal enum CommandKind : byte
{
    /// <summary>Writes a key.</summary>
    Put = 1,

    /// <summary>Deletes keys.</summary>
    DeleteRange = 2,

    /// <summary>Compares and does a list of operations.</summary>
    Txn = 3,

    /// <summary>Forgets history.</summary>
    Compact = 4,

    /// <summary>Grants a lease.</summary>
    LeaseGrant = 5,

    /// <summary>Ends a lease on a client's wish.</summary>
    LeaseRevoke = 6,

    /// <summary>A new leader takes the leases' deadlines over.</summary>
    LessorTakeover = 7,

    /// <summary>The leader that keeps the deadlines ends a lease that has run out.</summary>
    LeaseExpire = 8,

    /// <summary>Raises or disarms an alarm.</summary>
    Alarm = 9,

    /// <summary>Another command, to be judged by who asked for it.</summary>
    OnBehalf = 10,

    /// <summary>Another command, which the process itself asked for: not judged.</summary>
    Trusted = 11,

    /// <summary>Changes who may do what, or logs in.</summary>
    Authentication = 12,
}
