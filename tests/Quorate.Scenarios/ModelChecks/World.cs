using Quorate.Kernel.Encoding;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>A state of the Raft model: the servers, every message ever sent, and what was ever committed.</summary>
internal sealed class World(int servers)
{
    private const int LinkBits = 8;
    private const int PlaceBits = 4;

    /// <summary>The numbers of the servers' states, by place.</summary>
    public int[] Servers { get; } = new int[servers];

    public int Commands { get; set; }

    public int Crashes { get; set; }

    /// <summary>What any server ever committed, by index.</summary>
    public List<int> Committed { get; } = [];

    /// <summary>A sorted set: a message that was sent twice is there once, since it can be delivered twice anyway.</summary>
    public List<int> Network { get; } = [];

    public static int Pack(int from, int to, int message) => (message << LinkBits) | (from << PlaceBits) | to;

    public static (int From, int To, int Message) Unpack(int packed) =>
        ((packed >> PlaceBits) & ((1 << PlaceBits) - 1), packed & ((1 << PlaceBits) - 1), packed >> LinkBits);

    public void Post(int packed)
    {
        var at = Network.BinarySearch(packed);
        if (at < 0)
            Network.Insert(~at, packed);
    }

    public void CopyFrom(World other)
    {
        other.Servers.CopyTo(Servers, 0);
        (Commands, Crashes) = (other.Commands, other.Crashes);
        Committed.Clear();
        Committed.AddRange(other.Committed);
        Network.Clear();
        Network.AddRange(other.Network);
    }

    public void Write(ByteWriter writer)
    {
        foreach (var server in Servers)
            writer.WriteVarUInt((uint)server);
        writer.WriteByte((byte)Commands);
        writer.WriteByte((byte)Crashes);
        Write(writer, Committed);
        Write(writer, Network);
    }

    public void Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        for (var i = 0; i < Servers.Length; i++)
            Servers[i] = (int)reader.ReadVarUInt();
        Commands = reader.ReadByte();
        Crashes = reader.ReadByte();
        Read(ref reader, Committed);
        Read(ref reader, Network);
    }

    private static void Write(ByteWriter writer, List<int> numbers)
    {
        writer.WriteVarUInt((uint)numbers.Count);
        foreach (var number in numbers)
            writer.WriteVarUInt((uint)number);
    }

    private static void Read(ref ByteReader reader, List<int> numbers)
    {
        numbers.Clear();
        for (var left = reader.ReadCount(); left > 0; left--)
            numbers.Add((int)reader.ReadVarUInt());
    }
}
