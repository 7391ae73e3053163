using Quorate.Kernel.Identity;

namespace Quorate.Services.Replication.Members;

/// <summary>A member of a group.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Name">Its name.</param>
/// <param name="PeerAddress">Where other members reach it, as host:port.</param>
/// <param name="ClientAddress">Where clients reach it, as host:port, or empty when it has not said.</param>
/// <param name="IsLearner">Whether it has no vote.</param>
public sealed record GroupMember(NodeId Id, string Name, string PeerAddress, string ClientAddress, bool IsLearner)
{
    /// <summary>Whether a learner gets its vote by itself once it has caught up.</summary>
    public bool PromoteWhenReady { get; init; }

    /// <summary>Whether the node has ever taken part: a member is added before it has a name.</summary>
    public bool HasStarted => Name.Length > 0;
}
