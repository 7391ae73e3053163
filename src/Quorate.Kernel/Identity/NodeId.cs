using Quorate.Kernel.Encoding;

namespace Quorate.Kernel.Identity;

/// <summary>The identity of a node in a cluster, never zero. It stays the same over restarts.</summary>
/// <param name="Value">The number, shown in hexadecimal as etcd shows member ids.</param>
public readonly record struct NodeId(ulong Value) : IComparable<NodeId>
{
    /// <summary>No node.</summary>
    public static NodeId None => default;

    /// <summary>Whether this names no node.</summary>
    public bool IsNone => Value == 0;

    /// <summary>The identity of the node of a name: the same on every machine.</summary>
    /// <param name="name">The node's name.</param>
    public static NodeId FromName(string name)
    {
        var hash = StableHash.Of(name);
        return new NodeId(hash == 0 ? 1 : hash);
    }

    /// <inheritdoc/>
    public int CompareTo(NodeId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
}
