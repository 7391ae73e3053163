using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;
using Quorate.Protocols.Raft.Replication;

namespace Quorate.Services.Replication;

/// <summary>What can be seen of a group's Raft server on a node, for status and for checkers: always as it is now.</summary>
/// <remarks>
/// Guarantee: nothing can be changed through it. Cost: a read of a field, but for <see cref="Progress"/>, which makes a list.
/// Fails when: it is used off the host's strand while that runs: then what it says may not fit together.
/// Source: the state of figure 2 of "In Search of an Understandable Consensus Algorithm".
/// </remarks>
public readonly struct RaftView
{
    private readonly RaftCore core;

    internal RaftView(RaftCore core) => this.core = core;

    /// <summary>What the server is in its term.</summary>
    public RaftRole Role => core.Role;

    /// <summary>currentTerm.</summary>
    public long Term => core.Term;

    /// <summary>The leader of the term, where it is known.</summary>
    public NodeId Leader => core.Leader;

    /// <summary>commitIndex.</summary>
    public long CommitIndex => core.CommitIndex;

    /// <summary>One more than the last index that the snapshot covers.</summary>
    public long FirstIndex => core.FirstIndex;

    /// <summary>The index of the last entry.</summary>
    public long LastIndex => core.LastIndex;

    /// <summary>The configuration in force: the last in the log, committed or not.</summary>
    public Configuration Configuration => core.Configuration;

    /// <summary>What a leader knows of each member; empty at others.</summary>
    public IReadOnlyList<PeerProgress> Progress => core.Progress;

    /// <summary>The term of the entry at an index, or null when the log no longer or not yet holds it.</summary>
    /// <param name="index">The index.</param>
    public long? TermAt(long index) => core.TermAt(index);
}
