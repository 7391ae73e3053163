using Quorate.Kernel.Identity;

namespace Quorate.Services.Replication;

/// <summary>Who leads as this replica knows it, and in which term.</summary>
internal readonly record struct LeaderRoute(NodeId Leader, long Term)
{
    public bool IsKnown => !Leader.IsNone;
}
