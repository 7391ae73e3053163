using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>A state of the Raft model: the servers, every message ever sent, and what was ever committed.</summary>
internal sealed class World(int servers)
{
    public ModelServer[] Servers { get; } = [.. Enumerable.Range(1, servers).Select(i => new ModelServer(new NodeId((ulong)i)))];

    /// <summary>A sorted set: a message that was sent twice is there once, since it can be delivered twice anyway.</summary>
    public List<(NodeId From, NodeId To, byte[] Message)> Network { get; } = [];

    /// <summary>What any server ever committed, by index.</summary>
    public List<Quorate.Protocols.Raft.Entry> Committed { get; } = [];

    public int Commands { get; set; }

    public int Crashes { get; set; }

    public void Post(NodeId from, NodeId to, byte[] message)
    {
        var at = 0;
        for (; at < Network.Count; at++)
        {
            var order = Compare(Network[at], (from, to, message));
            if (order == 0)
                return;
            if (order > 0)
                break;
        }

        Network.Insert(at, (from, to, message));
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteByte((byte)Servers.Length);
        foreach (var server in Servers)
            server.Write(writer);
        writer.WriteByte((byte)Commands);
        writer.WriteByte((byte)Crashes);
        ModelServer.Write(writer, Committed);
        writer.WriteVarUInt((ulong)Network.Count);
        foreach (var (from, to, message) in Network)
        {
            writer.WriteByte((byte)from.Value);
            writer.WriteByte((byte)to.Value);
            writer.WriteBytes(message);
        }
    }

    public static World Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var world = new World(reader.ReadByte());
        for (var i = 0; i < world.Servers.Length; i++)
            world.Servers[i] = ModelServer.Read(world.Servers[i].Id, ref reader);
        world.Commands = reader.ReadByte();
        world.Crashes = reader.ReadByte();
        world.Committed.AddRange(ModelServer.ReadEntries(ref reader));
        for (var left = reader.ReadCount(3); left > 0; left--)
            world.Network.Add((new NodeId(reader.ReadByte()), new NodeId(reader.ReadByte()), reader.ReadBytes().ToArray()));
        return world;
    }

    private static int Compare((NodeId From, NodeId To, byte[] Message) a, (NodeId From, NodeId To, byte[] Message) b)
    {
        var order = a.From.CompareTo(b.From);
        order = order != 0 ? order : a.To.CompareTo(b.To);
        return order != 0 ? order : a.Message.AsSpan().SequenceCompareTo(b.Message);
    }
}
