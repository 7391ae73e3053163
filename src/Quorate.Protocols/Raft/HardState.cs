using Quorate.Kernel.Identity;

namespace Quorate.Protocols.Raft;

/// <summary>
/// What must be on disk, in one atomic step, before a server answers anything that follows from it.
/// </summary>
/// <remarks>Source: figure 2 of the paper, "Persistent state on all servers (Updated on stable storage before responding to
/// RPCs)".</remarks>
/// <param name="Term">The latest term that the server has seen.</param>
/// <param name="VotedFor">The candidate that got its vote in that term, or none.</param>
public readonly record struct HardState(long Term, NodeId VotedFor);
