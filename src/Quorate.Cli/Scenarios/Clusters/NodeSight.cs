using Quorate.Protocols.Raft;
using Quorate.Services.Replication;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>What was seen of a node at a moment, as far as the watches care for its change.</summary>
/// <param name="Host">The services, where they ran.</param>
/// <param name="Role">What the server was in its term.</param>
/// <param name="Term">The term.</param>
/// <param name="CommitIndex">How much it knew to be committed.</param>
internal readonly record struct NodeSight(ReplicaHost? Host, RaftRole Role, long Term, long CommitIndex)
{
    /// <summary>Whether it led.</summary>
    public bool Leads => Host is not null && Role == RaftRole.Leader;
}
