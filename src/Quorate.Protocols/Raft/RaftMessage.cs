namespace Quorate.Protocols.Raft;

/// <summary>A message from one server of a group to another.</summary>
/// <param name="Term">The sender's term; for the two pre-vote messages, the term that a candidate would have.</param>
public abstract record RaftMessage(long Term);

/// <summary>Asks whether a vote would be given, before the term is raised. Thesis, section 9.6.</summary>
public sealed record PreVoteRequest(long Term, long LastLogIndex, long LastLogTerm) : RaftMessage(Term);

/// <summary>Answers <see cref="PreVoteRequest"/>; a refusal carries the sender's own term.</summary>
public sealed record PreVoteReply(long Term, bool Granted) : RaftMessage(Term);

/// <summary>RequestVote of figure 2. <paramref name="Transfer"/>: sent on a leader's own order (thesis, section 3.10), so that servers
/// that still hear a leader answer too.</summary>
public sealed record VoteRequest(long Term, long LastLogIndex, long LastLogTerm, bool Transfer) : RaftMessage(Term);

/// <summary>Answers <see cref="VoteRequest"/>.</summary>
public sealed record VoteReply(long Term, bool Granted) : RaftMessage(Term);

/// <summary>
/// AppendEntries of figure 2; a heartbeat when it carries no entry. <paramref name="Round"/> numbers the leader's rounds of
/// confirmation within its term: the reply returns it, and a quorum of replies to one round shows that the leader still led when the
/// round began (thesis, section 6.4).
/// </summary>
public sealed record AppendRequest(
    long Term, long PreviousIndex, long PreviousTerm, long CommitIndex, long Round, IReadOnlyList<Entry> Entries) : RaftMessage(Term);

/// <summary>
/// Answers <see cref="AppendRequest"/>. Accepted: <paramref name="Index"/> is the last index known to match the leader's log. Refused:
/// <paramref name="Index"/> is the PreviousIndex that was refused, and the hint is the follower's last entry at or below it whose term
/// is not above the leader's PreviousTerm, from where the leader probes on.
/// </summary>
public sealed record AppendReply(long Term, bool Accepted, long Index, long HintIndex, long HintTerm, long Round) : RaftMessage(Term);

/// <summary>
/// One chunk of InstallSnapshot of figure 13. The core leaves <paramref name="Data"/> empty and <paramref name="Done"/> false; the driver
/// fills them from the snapshot at <paramref name="Offset"/> before it sends.
/// </summary>
public sealed record SnapshotRequest(
    long Term, long LastIndex, long LastTerm, Configuration Configuration, long Offset, ReadOnlyMemory<byte> Data, bool Done)
    : RaftMessage(Term);

/// <summary>
/// Answers <see cref="SnapshotRequest"/>: the offset of the next byte wanted of the snapshot that ends at <paramref name="LastIndex"/>, or
/// <paramref name="Installed"/> when the follower now holds everything up to it.
/// </summary>
public sealed record SnapshotReply(long Term, long LastIndex, long NextOffset, bool Installed) : RaftMessage(Term);

/// <summary>Orders the receiver to start an election at once. Thesis, section 3.10.</summary>
public sealed record TimeoutNow(long Term) : RaftMessage(Term);
