using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Invariants;
using Quorate.Protocols.Raft.Reads;
using Quorate.Protocols.Raft.Replication;

namespace Quorate.Protocols.Raft;

/// <summary>What a server does and knows only while it leads: "Volatile state on leaders" of figure 2, and what hangs on it. Dropped when
/// it steps down.</summary>
internal sealed class Leadership
{
    private readonly ServerState server;
    private readonly Replicator replicator;
    private readonly LeadershipTransfer transfer;
    private readonly ReadRounds reads;
    private readonly long firstIndexOfTerm;
    private ulong? changeRequest;
    private long uncommittedBytes;

    /// <summary>Takes up leading: writes the no-op and tells everyone. Thesis, section 6.4.</summary>
    public Leadership(ServerState server)
    {
        this.server = server;
        replicator = new Replicator(server);
        transfer = new LeadershipTransfer(server);
        reads = new ReadRounds();
        firstIndexOfTerm = server.Log.LastIndex + 1;
        for (var index = server.CommitIndex + 1; index < firstIndexOfTerm; index++)
            uncommittedBytes += server.Log.At(index).Payload.Length;
    }

    private Leadership(ServerState server, ref ByteReader reader)
    {
        this.server = server;
        replicator = Replicator.ReadCanonical(server, ref reader);
        reads = ReadRounds.ReadCanonical(ref reader);
        transfer = LeadershipTransfer.ReadCanonical(server, ref reader);
        firstIndexOfTerm = reader.ReadVarInt();
        changeRequest = reader.ReadBool() ? reader.ReadVarUInt() : null;
        uncommittedBytes = reader.ReadVarInt();
    }

    /// <summary>Whether this server has to stop leading: it lost its quorum, or is no voter any more.</summary>
    public bool MustStepDown { get; private set; }

    /// <summary>What is known of each member.</summary>
    public IReadOnlyList<PeerProgress> Progress => replicator.Describe();

    private bool TermHasCommitted => server.CommitIndex >= firstIndexOfTerm;

    /// <summary>The first acts of a leader.</summary>
    public void Begin()
    {
        Append(EntryKind.Noop, default);
        reads.Begin(server.Now, null);
        replicator.Round = reads.Round;
        replicator.SendToAll();
        server.Effects.SetTimer(RaftTimer.Heartbeat, server.Options.HeartbeatInterval);
        server.Effects.SetTimer(RaftTimer.Election, server.Options.ElectionTimeout);
    }

    /// <summary>Appends the commands of clients: "append entry to local log, respond after entry applied to state machine".</summary>
    public void Propose(Propose request)
    {
        if (request.Payloads.Count == 0)
        {
            server.Effects.Reply(request.RequestId, new RaftReply.Refused("there is nothing to propose"));
            return;
        }

        var bytes = 0L;
        for (var i = 0; i < request.Payloads.Count; i++)
            bytes += request.Payloads[i].Length;
        if (transfer.IsUnderWay || (uncommittedBytes > 0 && uncommittedBytes + bytes > server.Options.UncommittedBytesMax))
        {
            server.Effects.Reply(request.RequestId, new RaftReply.Busy());
            return;
        }

        var first = server.Log.LastIndex + 1;
        for (var i = 0; i < request.Payloads.Count; i++)
            Append(EntryKind.Command, request.Payloads[i]);
        server.Effects.Reply(request.RequestId, new RaftReply.Appended(first, server.Term));
        replicator.SendToAll();
    }

    /// <summary>Takes a read: it is answered after a round of confirmation that begins after it came.</summary>
    public void Read(ulong requestId)
    {
        if (!reads.Add(requestId))
            server.Effects.Reply(requestId, new RaftReply.Busy());
        else
            BeginRoundForReads();
    }

    /// <summary>Begins a change of members.</summary>
    public void Change(ChangeConfiguration request)
    {
        // Only one change at a time, and none before an entry of this term is committed: else two leaders could each make one, with
        // majorities that do not meet. Ongaro, "bug in single-server membership changes", raft-dev, 2015.
        var refusal = MembershipRules.Refusal(request.Target)
            ?? (server.Configuration.IsJoint || server.Configurations.LatestIndex > server.CommitIndex ? "a change is under way" : null)
            ?? (TermHasCommitted ? null : "the leader has not committed an entry of its term yet")
            ?? (transfer.IsUnderWay ? "leadership is being handed over" : null);
        if (refusal is not null)
        {
            server.Effects.Reply(request.RequestId, new RaftReply.Refused(refusal));
            return;
        }

        if (request.Target.Equals(server.Configuration))
        {
            server.Effects.Reply(request.RequestId, new RaftReply.ConfigurationChanged(server.Configurations.LatestIndex));
            return;
        }

        changeRequest = request.RequestId;
        AppendConfiguration(MembershipRules.First(server.Configuration, request.Target));
    }

    /// <summary>Begins to hand over. Thesis, section 3.10.</summary>
    public void Transfer(TransferLeadership request)
    {
        if (transfer.Begin(request))
            transfer.OrderWhenCaughtUp(replicator.Find(request.To));
    }

    /// <summary>Takes an answer to entries or a heartbeat.</summary>
    public void Take(NodeId from, AppendReply reply)
    {
        if (replicator.Find(from) is not { } peer)
            return;
        Invariant.Holds(!reply.Accepted || reply.Index <= server.Log.LastIndex, "a follower matches only what this leader holds");
        peer.HeardAt = server.Now;
        peer.Round = Math.Max(peer.Round, Math.Min(reply.Round, reads.Round));
        if (reply.Accepted ? replicator.Accept(peer, reply.Index) : replicator.Refuse(peer, reply))
            AdvanceCommit();
        ConfirmRounds();
        replicator.Send(peer);
        transfer.OrderWhenCaughtUp(peer);
    }

    /// <summary>Takes an answer to a chunk of a snapshot.</summary>
    public void Take(NodeId from, SnapshotReply reply)
    {
        if (replicator.Find(from) is not { } peer)
            return;
        peer.HeardAt = server.Now;
        if (replicator.Take(peer, reply))
            AdvanceCommit();
        replicator.Send(peer);
        transfer.OrderWhenCaughtUp(peer);
    }

    /// <summary>Counts the own log, as far as it is durable.</summary>
    public void CountOwnLog()
    {
        if (replicator.CountOwnLog())
            AdvanceCommit();
    }

    /// <summary>Tells everyone that this server leads, and begins a round.</summary>
    public void Heartbeat()
    {
        reads.Begin(server.Now, TermHasCommitted ? server.CommitIndex : null);
        replicator.Round = reads.Round;
        replicator.SendHeartbeats();
        transfer.GiveUpWhenLate();
        server.Effects.SetTimer(RaftTimer.Heartbeat, server.Options.HeartbeatInterval);
        ConfirmRounds();
    }

    /// <summary>Steps down when no quorum answered for an election timeout. Thesis, section 6.2.</summary>
    public void CheckQuorum()
    {
        var heard = replicator.QuorumHeardAt();
        if (heard > TimeSpan.MinValue && server.Now - heard < server.Options.ElectionTimeout)
            server.Effects.SetTimer(RaftTimer.Election, server.Options.ElectionTimeout - (server.Now - heard));
        else
        {
            server.Effects.Sometimes("raft: a leader steps down for want of a quorum");
            MustStepDown = true;
        }
    }

    /// <summary>Falls back to probing a peer.</summary>
    public void Reset(NodeId peer) => replicator.Reset(peer);

    /// <summary>Begins anew with a peer whose disk is empty.</summary>
    public void Forget(NodeId peer) => replicator.Forget(peer);

    /// <summary>Whether a read may be served without a round. Thesis, section 6.4.1.</summary>
    public bool LeaseHolds(TimeSpan now)
    {
        if (transfer.LeaseIsSpoilt || !TermHasCommitted || reads.ConfirmedAt is not { } confirmedAt)
            return false;
        return now - confirmedAt < server.Options.ElectionTimeout * (1 - server.Options.LeaseDriftMax);
    }

    /// <summary>Answers everyone that waits: this server leads no more.</summary>
    public void Abandon(NodeId leader)
    {
        foreach (var read in reads.Abandon())
            server.Effects.Reply(read, new RaftReply.NotLeader(leader));
        if (changeRequest is { } change)
            server.Effects.Reply(change, new RaftReply.NotLeader(leader));
        changeRequest = null;
        transfer.Finish();
    }

    /// <summary>Writes the state without times.</summary>
    public void WriteCanonical(ByteWriter writer)
    {
        replicator.WriteCanonical(writer);
        reads.WriteCanonical(writer);
        transfer.WriteCanonical(writer);
        writer.WriteVarInt(firstIndexOfTerm);
        writer.WriteBool(changeRequest.HasValue);
        if (changeRequest is { } change)
            writer.WriteVarUInt(change);
        writer.WriteVarInt(uncommittedBytes);
    }

    /// <summary>Reads what <see cref="WriteCanonical"/> wrote.</summary>
    public static Leadership ReadCanonical(ServerState server, ref ByteReader reader) => new(server, ref reader);

    private void Append(EntryKind kind, ReadOnlyMemory<byte> payload)
    {
        server.Append(new Entry(server.Term, server.Log.LastIndex + 1, kind, payload));
        uncommittedBytes += payload.Length;
    }

    private void AppendConfiguration(Configuration configuration)
    {
        Append(EntryKind.Configuration, MembershipRules.Encode(configuration));
        replicator.Reconfigure();
        replicator.SendToAll();
    }

    // Figure 2, leaders: "If there exists an N such that N > commitIndex, a majority of matchIndex[i] ≥ N, and log[N].term == currentTerm:
    // set commitIndex = N (§5.3, §5.4)." Entries of earlier terms commit only along with one of this term (section 5.4.2).
    private void AdvanceCommit()
    {
        var agreed = replicator.Agreed();
        if (agreed > server.CommitIndex && server.Log.TermAt(agreed) != server.Term)
            server.Effects.Sometimes("raft: a majority holds entries of an earlier term that do not count yet");
        if (agreed <= server.CommitIndex || server.Log.TermAt(agreed) != server.Term)
            return;
        for (var index = server.CommitIndex + 1; index <= agreed; index++)
            uncommittedBytes -= server.Log.At(index).Payload.Length;
        server.Commit(agreed);
        AdvanceConfiguration();
        BeginRoundForReads();
        replicator.SendToAll();
    }

    // Section 6: once C-old,new is committed, the leader writes C-new; once that is, a leader that is not in it steps down. A leader that
    // finds a joint configuration of an earlier leader goes on with it the same way.
    private void AdvanceConfiguration()
    {
        if (server.Configurations.LatestIndex > server.CommitIndex)
            return;
        if (server.Configuration.IsJoint)
        {
            if (changeRequest is null)
                server.Effects.Sometimes("raft: a leader ends the joint configuration of an earlier one");
            AppendConfiguration(MembershipRules.Last(server.Configuration));
            return;
        }

        if (changeRequest is { } request)
            server.Effects.Reply(request, new RaftReply.ConfigurationChanged(server.Configurations.LatestIndex));
        changeRequest = null;
        if (!server.Configuration.IsVoter(server.Self))
            server.Effects.Sometimes("raft: a leader has led itself out of the group");
        MustStepDown |= !server.Configuration.IsVoter(server.Self);
    }

    private void BeginRoundForReads()
    {
        if (!reads.WantsRound || !TermHasCommitted)
            return;
        reads.Begin(server.Now, server.CommitIndex);
        replicator.Round = reads.Round;
        replicator.SendHeartbeats();
        ConfirmRounds();
    }

    private void ConfirmRounds()
    {
        foreach (var read in reads.Confirm(replicator.RoundAgreed()))
            server.Effects.Reply(read, new RaftReply.ReadAt(reads.ConfirmingIndex));
        BeginRoundForReads();
    }
}
