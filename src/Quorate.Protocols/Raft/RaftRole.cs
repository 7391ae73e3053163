namespace Quorate.Protocols.Raft;

/// <summary>What a server is in its term. Source: section 5.1 of the paper; thesis, section 9.6, for pre-candidates.</summary>
public enum RaftRole : byte
{
    /// <summary>It answers leaders and candidates. Learners stay followers.</summary>
    Follower = 0,

    /// <summary>It asks whether it would be elected, and has not raised its term.</summary>
    PreCandidate = 1,

    /// <summary>It asks for votes.</summary>
    Candidate = 2,

    /// <summary>It takes proposals and replicates them.</summary>
    Leader = 3,
}
