using Quorate.Kernel.Identity;

namespace Quorate.Protocols.Raft;

/// <summary>The core's answer to a request of its driver.</summary>
public abstract record RaftReply
{
    private RaftReply()
    {
    }

    /// <summary>The entries are in the leader's log from this index on, in this term. They are committed only when the commit index says
    /// so, with the same term at that index.</summary>
    public sealed record Appended(long FirstIndex, long Term) : RaftReply;

    /// <summary>A read that saw state applied up to this index is linearizable.</summary>
    public sealed record ReadAt(long Index) : RaftReply;

    /// <summary>This server does not lead; the leader, where it is known.</summary>
    public sealed record NotLeader(NodeId Leader) : RaftReply;

    /// <summary>Too much is under way: try again later. Nothing happened.</summary>
    public sealed record Busy : RaftReply;

    /// <summary>The configuration of a change is committed at this index.</summary>
    public sealed record ConfigurationChanged(long Index) : RaftReply;

    /// <summary>Leadership was handed over.</summary>
    public sealed record Transferred(NodeId To) : RaftReply;

    /// <summary>The request makes no sense now; nothing happened.</summary>
    public sealed record Refused(string Why) : RaftReply;
}
