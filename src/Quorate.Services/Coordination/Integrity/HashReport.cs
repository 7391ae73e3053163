using Quorate.Kernel.Identity;

namespace Quorate.Services.Coordination.Integrity;

/// <summary>What a replica said of its state at the revision that it was asked for.</summary>
/// <param name="Node">The replica.</param>
/// <param name="IsVoter">Whether it has a vote.</param>
/// <param name="Hash">Its hash; null where it gave none that can be compared.</param>
internal readonly record struct HashReport(NodeId Node, bool IsVoter, ulong? Hash);
