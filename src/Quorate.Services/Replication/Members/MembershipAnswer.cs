namespace Quorate.Services.Replication.Members;

/// <summary>What came of a step of membership. The numbers are on the wire.</summary>
public enum MembershipAnswer : byte
{
    /// <summary>It is done.</summary>
    Done = 0,

    /// <summary>There is a member of this id.</summary>
    MemberExists = 1,

    /// <summary>There is a member at this address.</summary>
    AddressExists = 2,

    /// <summary>There is no such member.</summary>
    NotFound = 3,

    /// <summary>Only a learner is promoted.</summary>
    NotLearner = 4,

    /// <summary>The learner has not caught up.</summary>
    NotCaughtUp = 5,

    /// <summary>There are as many learners as may be.</summary>
    TooManyLearners = 6,

    /// <summary>Too few of the voters that there would be are reachable.</summary>
    QuorumAtRisk = 7,

    /// <summary>Another change is under way, and did not end in time.</summary>
    ChangeUnderWay = 8,
}
