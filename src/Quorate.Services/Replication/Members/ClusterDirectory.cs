namespace Quorate.Services.Replication.Members;

/// <summary>What cluster there is at an address, and who belongs to it.</summary>
/// <param name="ClusterId">The cluster.</param>
/// <param name="Members">Its members, as the node that was asked knows them; whether one has a vote is not said.</param>
public sealed record ClusterDirectory(ulong ClusterId, IReadOnlyList<GroupMember> Members);
