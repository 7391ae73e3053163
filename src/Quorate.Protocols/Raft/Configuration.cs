using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;

namespace Quorate.Protocols.Raft;

/// <summary>
/// Who belongs to a group. During a joint configuration both sets of voters are there, and every decision needs a majority of each.
/// </summary>
/// <remarks>Source: section 6 of the paper; thesis, section 4.3. The lists are sorted and without doubles.</remarks>
public sealed class Configuration : IEquatable<Configuration>
{
    private const int MembersMax = 255;

    /// <summary>Creates a configuration.</summary>
    /// <param name="voters">The voters; in a joint configuration the new ones.</param>
    /// <param name="outgoing">The old voters of a joint configuration; else empty.</param>
    /// <param name="learners">Members that get the log and have no vote.</param>
    public Configuration(IEnumerable<NodeId> voters, IEnumerable<NodeId>? outgoing = null, IEnumerable<NodeId>? learners = null)
    {
        Voters = Sorted(voters);
        Outgoing = Sorted(outgoing ?? []);
        Learners = Sorted(learners ?? []);
    }

    /// <summary>No member at all: a server that was never told of its group.</summary>
    public static Configuration Empty { get; } = new([]);

    /// <summary>The voters; in a joint configuration the new ones.</summary>
    public IReadOnlyList<NodeId> Voters { get; }

    /// <summary>The old voters of a joint configuration; else empty.</summary>
    public IReadOnlyList<NodeId> Outgoing { get; }

    /// <summary>Members that get the log and have no vote.</summary>
    public IReadOnlyList<NodeId> Learners { get; }

    /// <summary>Whether two sets of voters decide together.</summary>
    public bool IsJoint => Outgoing.Count > 0;

    /// <summary>Everyone that gets the log, sorted.</summary>
    public IReadOnlyList<NodeId> Members => members ??= Sorted(Voters.Concat(Outgoing).Concat(Learners));

    private IReadOnlyList<NodeId>? members;

    /// <summary>Whether a node has a vote in either set.</summary>
    /// <param name="node">Which.</param>
    public bool IsVoter(NodeId node) => Voters.Contains(node) || Outgoing.Contains(node);

    /// <summary>Whether a node gets the log.</summary>
    /// <param name="node">Which.</param>
    public bool IsMember(NodeId node) => Members.Contains(node);

    /// <summary>Writes the canonical bytes.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(ByteWriter writer)
    {
        Write(writer, Voters);
        Write(writer, Outgoing);
        Write(writer, Learners);
    }

    /// <summary>Reads the canonical bytes.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="MalformedInputException">The bytes are not a configuration.</exception>
    public static Configuration Read(ref ByteReader reader)
    {
        var voters = ReadList(ref reader);
        var outgoing = ReadList(ref reader);
        var learners = ReadList(ref reader);
        return new Configuration(voters, outgoing, learners);
    }

    /// <inheritdoc/>
    public bool Equals(Configuration? other) =>
        other is not null
        && Voters.SequenceEqual(other.Voters)
        && Outgoing.SequenceEqual(other.Outgoing)
        && Learners.SequenceEqual(other.Learners);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Configuration);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var writer = new ByteWriter();
        Write(writer);
        return (int)StableHash.Of(writer.WrittenSpan);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"({string.Join(' ', Voters)})"
        + (IsJoint ? $"&({string.Join(' ', Outgoing)})" : "")
        + (Learners.Count > 0 ? $"+({string.Join(' ', Learners)})" : "");

    private static IReadOnlyList<NodeId> Sorted(IEnumerable<NodeId> nodes)
    {
        var list = nodes.Distinct().Order().ToArray();
        if (list.Length > MembersMax)
            throw new ArgumentException($"A group has at most {MembersMax} members.", nameof(nodes));
        if (list.Length > 0 && list[0].IsNone)
            throw new ArgumentException("A member has an id.", nameof(nodes));
        return list;
    }

    private static void Write(ByteWriter writer, IReadOnlyList<NodeId> nodes)
    {
        writer.WriteVarUInt((ulong)nodes.Count);
        foreach (var node in nodes)
            writer.WriteUInt64(node.Value);
    }

    private static NodeId[] ReadList(ref ByteReader reader)
    {
        var nodes = new NodeId[reader.ReadCount(sizeof(ulong))];
        if (nodes.Length > MembersMax)
            throw new MalformedInputException($"{nodes.Length} members are announced, and a group has at most {MembersMax}");
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = new NodeId(reader.ReadUInt64());
            if (nodes[i].IsNone || (i > 0 && nodes[i].CompareTo(nodes[i - 1]) <= 0))
                throw new MalformedInputException("the members are not sorted, or one has no id");
        }

        return nodes;
    }
}
