using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;

namespace Quorate.Services.Replication.Members;

/// <summary>Names and addresses of a group's members, part of its replicated state. A Raft configuration holds only their ids.</summary>
internal sealed class MemberTable
{
    public const int MembersMax = 1024;
    public const int TextCharsMax = 512;
    private const byte PromoteFlag = 1;

    private readonly SortedDictionary<NodeId, GroupMember> members = [];

    // What this node was told at its start, of members that have said nothing themselves. It is no part of the replicated state.
    private readonly SortedDictionary<NodeId, GroupMember> hints = [];

    public IEnumerable<GroupMember> All => members.Values.Concat(hints.Values.Where(hint => !members.ContainsKey(hint.Id)));

    public GroupMember? Find(NodeId id) => members.GetValueOrDefault(id) ?? hints.GetValueOrDefault(id);

    /// <summary>What the replicated state holds of a member.</summary>
    public GroupMember? Replicated(NodeId id) => members.GetValueOrDefault(id);

    /// <summary>Keeps what this node was told of a member, for as long as the replicated state says nothing.</summary>
    public void Hint(GroupMember member) => hints[member.Id] = member;

    /// <summary>Takes a member's entry; false when the table is full.</summary>
    public bool Set(GroupMember member)
    {
        if (members.Count >= MembersMax && !members.ContainsKey(member.Id))
            return false;
        members[member.Id] = member with { IsLearner = false };
        return true;
    }

    /// <summary>The members of a configuration, with what is known of them.</summary>
    public IReadOnlyList<GroupMember> Of(Configuration configuration)
    {
        var list = new List<GroupMember>(configuration.Members.Count);
        foreach (var id in configuration.Members)
        {
            var known = Find(id) ?? new GroupMember(id, "", "", "", false);
            list.Add(known with { IsLearner = !configuration.IsVoter(id) });
        }

        return list;
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteVarUInt((ulong)members.Count);
        foreach (var (_, member) in members)
            Write(writer, member);
    }

    /// <summary>Replaces the table.</summary>
    /// <exception cref="MalformedInputException">The bytes are not a table.</exception>
    public void Read(ref ByteReader reader)
    {
        members.Clear();
        var count = reader.ReadCount(8);
        for (var i = 0; i < count; i++)
            Set(ReadMember(ref reader));
    }

    public static void Write(ByteWriter writer, GroupMember member)
    {
        writer.WriteString(member.Name);
        writer.WriteString(member.PeerAddress);
        writer.WriteString(member.ClientAddress);
        writer.WriteUInt64(member.Id.Value);
        writer.WriteByte(member.PromoteWhenReady ? PromoteFlag : (byte)0);
    }

    /// <summary>Reads one member.</summary>
    /// <exception cref="MalformedInputException">The bytes are not one.</exception>
    public static GroupMember ReadMember(ref ByteReader reader)
    {
        var (name, peer, client) = (Text(ref reader), Text(ref reader), Text(ref reader));
        var id = new NodeId(reader.ReadUInt64());
        var flags = reader.ReadByte();
        if (id.IsNone || flags > PromoteFlag)
            throw new MalformedInputException("a member has no id, or a flag that there is not");
        return new GroupMember(id, name, peer, client, false) { PromoteWhenReady = flags == PromoteFlag };
    }

    /// <summary>Reads one member; null when the bytes are not one.</summary>
    public static GroupMember? TryReadMember(ReadOnlySpan<byte> record)
    {
        try
        {
            var reader = new ByteReader(record);
            return ReadMember(ref reader);
        }
        catch (MalformedInputException)
        {
            return null;
        }
    }

    /// <summary>Whether the texts of a member are short enough for the table.</summary>
    public static bool Fits(string name, string peerAddress, string clientAddress) =>
        name.Length <= TextCharsMax && peerAddress.Length <= TextCharsMax && clientAddress.Length <= TextCharsMax;

    private static string Text(ref ByteReader reader)
    {
        var text = reader.ReadString();
        return text.Length <= TextCharsMax ? text : throw new MalformedInputException($"a member's text has {text.Length} characters");
    }
}
