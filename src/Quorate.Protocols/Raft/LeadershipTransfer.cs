using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;

namespace Quorate.Protocols.Raft;

/// <summary>Hands leadership to another voter: no proposals, bring it up to date, then order it to start an election. Thesis, section
/// 3.10.</summary>
internal sealed class LeadershipTransfer(ServerState server)
{
    private NodeId target;
    private ulong requestId;
    private TimeSpan deadline = TimeSpan.MinValue;
    private bool ordered;

    /// <summary>Whether one is under way.</summary>
    public bool IsUnderWay => !target.IsNone;

    /// <summary>
    /// Whether the lease cannot be trusted for the rest of the term: servers answer an ordered election although they hear this leader, and
    /// the order may arrive at any later time.
    /// </summary>
    public bool LeaseIsSpoilt { get; private set; }

    /// <summary>Takes a request; false when it was refused.</summary>
    public bool Begin(TransferLeadership request)
    {
        var refusal = request.To == server.Self ? "this server leads already"
            : !server.Configuration.IsVoter(request.To) ? "the other server has no vote"
            : IsUnderWay ? "leadership is being handed over already"
            : null;
        if (refusal is not null)
        {
            server.Effects.Reply(request.RequestId, new RaftReply.Refused(refusal));
            return false;
        }

        target = request.To;
        requestId = request.RequestId;
        deadline = server.Now + server.Options.ElectionTimeout;
        ordered = false;
        LeaseIsSpoilt = true;
        return true;
    }

    /// <summary>Gives the order when the target holds the whole log.</summary>
    public void OrderWhenCaughtUp(Peer? peer)
    {
        if (peer is null || !IsUnderWay || peer.Id != target || ordered || peer.Progress.Match < server.Log.LastIndex)
            return;
        ordered = true;
        server.Send(target, new TimeoutNow(server.Term), durable: false);
    }

    /// <summary>Goes on leading when the target took longer than an election timeout, or lost its vote.</summary>
    public void GiveUpWhenLate()
    {
        if (!IsUnderWay || (server.Now < deadline && server.Configuration.IsVoter(target)))
            return;
        target = NodeId.None;
        server.Effects.Reply(requestId, new RaftReply.Refused("the other server did not take over within an election timeout"));
    }

    /// <summary>Answers: this server leads no more.</summary>
    public void Finish()
    {
        if (!IsUnderWay)
            return;
        RaftReply reply = ordered ? new RaftReply.Transferred(target) : new RaftReply.NotLeader(server.Leader);
        server.Effects.Reply(requestId, reply);
        target = NodeId.None;
    }

    /// <summary>Writes the state without times.</summary>
    public void WriteCanonical(ByteWriter writer)
    {
        writer.WriteUInt64(target.Value);
        writer.WriteVarUInt(requestId);
        writer.WriteBool(ordered);
        writer.WriteBool(LeaseIsSpoilt);
    }

    /// <summary>Reads what <see cref="WriteCanonical"/> wrote.</summary>
    public static LeadershipTransfer ReadCanonical(ServerState server, ref ByteReader reader) => new(server)
    {
        target = new NodeId(reader.ReadUInt64()),
        requestId = reader.ReadVarUInt(),
        ordered = reader.ReadBool(),
        LeaseIsSpoilt = reader.ReadBool(),
    };
}
