using Quorate.Services.Replication.Members;

namespace Quorate.Services.Replication;

/// <summary>How much a replica held that was read without its peers.</summary>
/// <param name="LastIndex">The index of its last entry.</param>
/// <param name="Term">The last term that it knew of.</param>
/// <param name="Members">Whom it took for members.</param>
/// <param name="Level">The group's level behind its last entry.</param>
public sealed record SalvagedReplica(long LastIndex, long Term, IReadOnlyList<GroupMember> Members, int Level);
