using Quorate.Kernel.Identity;

namespace Quorate.Storage.Folders;

/// <summary>Whose data a folder holds.</summary>
/// <param name="ClusterId">The cluster.</param>
/// <param name="NodeName">The node of that cluster; 1 to 255 bytes of UTF-8.</param>
public sealed record DataFolderIdentity(ulong ClusterId, string NodeName)
{
    /// <summary>The node's identity; of a first member it follows from the name, one that was added later was given another.</summary>
    public NodeId Node { get; init; } = NodeId.FromName(NodeName);

    /// <summary>Both, in words.</summary>
    public override string ToString() => $"node '{NodeName}' of cluster {ClusterId:x16}";
}
