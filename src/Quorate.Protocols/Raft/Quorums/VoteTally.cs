using Quorate.Kernel.Identity;

namespace Quorate.Protocols.Raft.Quorums;

/// <summary>Where an election stands.</summary>
internal enum VoteOutcome
{
    /// <summary>Neither a quorum of grants nor too many refusals.</summary>
    Pending,

    /// <summary>A quorum granted its vote.</summary>
    Won,

    /// <summary>A quorum can no longer be had.</summary>
    Lost,
}

/// <summary>Counts the votes of one election. Source: section 5.2 of the paper; section 6 for joint configurations.</summary>
internal sealed class VoteTally
{
    private readonly IReadOnlyList<NodeId> members;
    private readonly JointQuorum quorum;
    private readonly long[] granted;
    private readonly long[] possible;

    /// <summary>Starts with no vote.</summary>
    /// <param name="members">Everyone that may answer.</param>
    /// <param name="quorum">The quorum over the same members.</param>
    public VoteTally(IReadOnlyList<NodeId> members, JointQuorum quorum)
    {
        this.members = members;
        this.quorum = quorum;
        granted = new long[members.Count];
        possible = new long[members.Count];
        Array.Fill(possible, 1);
    }

    /// <summary>Where the election stands.</summary>
    public VoteOutcome Outcome =>
        quorum.Agreed(granted) >= 1 ? VoteOutcome.Won : quorum.Agreed(possible) < 1 ? VoteOutcome.Lost : VoteOutcome.Pending;

    /// <summary>Counts an answer; a later one of the same server replaces it, and strangers do not count.</summary>
    /// <param name="voter">Who answered.</param>
    /// <param name="grant">Whether it gave its vote.</param>
    public void Record(NodeId voter, bool grant)
    {
        for (var slot = 0; slot < members.Count; slot++)
        {
            if (members[slot] == voter)
                (granted[slot], possible[slot]) = grant ? (1, 1) : (0, 0);
        }
    }

    /// <summary>The answer of a member: 1 granted, 0 refused, 2 none yet.</summary>
    /// <param name="slot">The member's place.</param>
    public byte AnswerOf(int slot) => (byte)(granted[slot] == 1 ? 1 : possible[slot] == 0 ? 0 : 2);
}
