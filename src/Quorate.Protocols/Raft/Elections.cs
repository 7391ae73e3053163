using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft.Quorums;

namespace Quorate.Protocols.Raft;

/// <summary>RequestVote of figure 2, with the pre-vote before it: both the asking and the answering. Sections 5.2 and 5.4.1; thesis,
/// section 9.6.</summary>
internal sealed class Elections(ServerState server)
{
    private VoteTally? tally;
    private bool ownVoteCounted;

    /// <summary>Whether a leader was heard so lately that no vote is given. Thesis, section 4.2.3.</summary>
    public bool HearsLeader => server.Role == RaftRole.Leader || server.Now < server.RefuseVotesUntil;

    /// <summary>
    /// Whether this server may stand for election. Thesis, section 4.2.2: a server that its own latest configuration leaves out still
    /// stands, as long as that configuration may not be committed: its log may be the most up-to-date.
    /// </summary>
    public bool MayStand =>
        server.Configuration.IsVoter(server.Self)
        || (server.Configurations.LatestIndex > server.CommitIndex && server.Configurations.Previous.IsVoter(server.Self));

    /// <summary>Asks whether an election would be won.</summary>
    public VoteOutcome AskPreVotes()
    {
        if (server.Role == RaftRole.Candidate)
            server.Effects.Sometimes("raft: an election ends without a winner");
        Become(RaftRole.PreCandidate);
        tally!.Record(server.Self, true);
        SendToVoters(new PreVoteRequest(server.Term + 1, server.Log.LastIndex, server.Log.LastTerm), durable: false);
        return tally.Outcome;
    }

    /// <summary>Begins an election as figure 2 lists it for candidates: the next term, the own vote, the timer anew, and a question to
    /// each other voter.</summary>
    /// <param name="transfer">Whether the leader ordered it.</param>
    public void AskVotes(bool transfer)
    {
        server.SetTerm(server.Term + 1);
        server.Vote(server.Self);
        Become(RaftRole.Candidate);
        // The own vote counts, and the request goes out, only once it is durable: else a crash could let this server vote twice.
        SendToVoters(new VoteRequest(server.Term, server.Log.LastIndex, server.Log.LastTerm, transfer), durable: true);
    }

    /// <summary>Counts the own vote once it is durable.</summary>
    public VoteOutcome CountOwnVote()
    {
        if (server.Role != RaftRole.Candidate || ownVoteCounted || !server.HardStateIsDurable || tally is null)
            return VoteOutcome.Pending;
        ownVoteCounted = true;
        tally.Record(server.Self, true);
        return tally.Outcome;
    }

    /// <summary>Counts an answer to the pre-vote under way.</summary>
    public VoteOutcome Count(NodeId from, PreVoteReply reply)
    {
        if (server.Role != RaftRole.PreCandidate || tally is null || (reply.Granted && reply.Term != server.Term + 1))
            return VoteOutcome.Pending;
        tally.Record(from, reply.Granted);
        return tally.Outcome;
    }

    /// <summary>Counts an answer to the election under way.</summary>
    public VoteOutcome Count(NodeId from, VoteReply reply)
    {
        if (server.Role != RaftRole.Candidate || tally is null || reply.Term != server.Term)
            return VoteOutcome.Pending;
        tally.Record(from, reply.Granted);
        return tally.Outcome;
    }

    /// <summary>Forgets the election.</summary>
    public void Stop() => tally = null;

    /// <summary>Answers whether the vote would be given. Nothing changes.</summary>
    public void Answer(NodeId from, PreVoteRequest request)
    {
        var granted = request.Term > server.Term && !HearsLeader && IsUpToDate(request.LastLogIndex, request.LastLogTerm);
        server.Send(from, new PreVoteReply(granted ? request.Term : server.Term, granted), durable: !server.HardStateIsDurable);
    }

    /// <summary>
    /// Figure 2, RequestVote RPC: "If votedFor is null or candidateId, and candidate's log is at least as up-to-date as receiver's log,
    /// grant vote".
    /// </summary>
    public void Answer(NodeId from, VoteRequest request)
    {
        var free = server.VotedFor == from || (server.VotedFor.IsNone && server.Leader.IsNone);
        // A lease rests on every vote: also when the term was raised by another message than this one, a leader heard lately keeps it.
        var isLeased = server.Options.LeaseReads && !request.Transfer && HearsLeader;
        var granted = request.Term == server.Term && free && !isLeased && IsUpToDate(request.LastLogIndex, request.LastLogTerm);
        if (granted)
        {
            server.Vote(from);
            server.RestartElectionTimer();
        }

        server.Send(from, new VoteReply(server.Term, granted), durable: true);
    }

    /// <summary>Writes the state.</summary>
    public void WriteCanonical(ByteWriter writer)
    {
        writer.WriteBool(tally is not null);
        if (tally is null)
            return;
        writer.WriteBool(ownVoteCounted);
        for (var slot = 0; slot < server.Configuration.Members.Count; slot++)
            writer.WriteByte(tally.AnswerOf(slot));
    }

    /// <summary>Reads what <see cref="WriteCanonical"/> wrote.</summary>
    public void ReadCanonical(ref ByteReader reader)
    {
        if (!reader.ReadBool())
            return;
        ownVoteCounted = reader.ReadBool();
        var members = server.Configuration.Members;
        tally = new VoteTally(members, server.Quorum);
        for (var slot = 0; slot < members.Count; slot++)
        {
            var answer = reader.ReadByte();
            if (answer < 2)
                tally.Record(members[slot], answer == 1);
        }
    }

    // Section 5.4.1: "If the logs have last entries with different terms, then the log with the later term is more up-to-date. If the
    // logs end with the same term, then whichever log is longer is more up-to-date."
    private bool IsUpToDate(long lastIndex, long lastTerm) =>
        lastTerm > server.Log.LastTerm || (lastTerm == server.Log.LastTerm && lastIndex >= server.Log.LastIndex);

    private void Become(RaftRole role)
    {
        server.Role = role;
        server.Leader = NodeId.None;
        tally = new VoteTally(server.Configuration.Members, server.Quorum);
        ownVoteCounted = false;
        server.AwaitElection();
    }

    private void SendToVoters(RaftMessage message, bool durable)
    {
        foreach (var member in server.Configuration.Members)
        {
            if (member != server.Self && server.Configuration.IsVoter(member))
                server.Send(member, message, durable);
        }
    }
}
