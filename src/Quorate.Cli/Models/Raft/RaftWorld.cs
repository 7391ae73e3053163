using System.Runtime.InteropServices;
using Quorate.Kernel.Encoding;

namespace Quorate.Cli.Models.Raft;

/// <summary>A state of the Raft model: the servers, every message ever sent, and what was ever committed. Its bytes are whole numbers of 32
/// bits, so that reading and writing are copies.</summary>
internal sealed class RaftWorld(int servers)
{
    private const int LinkBits = 8;
    private const int PlaceBits = 4;
    private const int CountBits = 8;
    private int[] committed = new int[16];
    private int[] network = new int[64];
    private int messages;

    /// <summary>The numbers of the servers' states, by place.</summary>
    public int[] Servers { get; } = new int[servers];

    public int Commands { get; set; }

    public int Crashes { get; set; }

    public int CommittedCount { get; private set; }

    /// <summary>What any server ever committed, by index.</summary>
    public ReadOnlySpan<int> Committed => committed.AsSpan(0, CommittedCount);

    /// <summary>A sorted set: a message that was sent twice is there once, since it can be delivered twice anyway.</summary>
    public Span<int> Network => network.AsSpan(0, messages);

    public static int Pack(int from, int to, int message) => (message << LinkBits) | (from << PlaceBits) | to;

    public static (int From, int To, int Message) Unpack(int packed) => (FromOf(packed), ToOf(packed), packed >> LinkBits);

    public static int FromOf(int packed) => (packed >> PlaceBits) & ((1 << PlaceBits) - 1);

    public static int ToOf(int packed) => packed & ((1 << PlaceBits) - 1);

    public void Commit(int entry)
    {
        if (CommittedCount == committed.Length)
            Array.Resize(ref committed, CommittedCount * 2);
        committed[CommittedCount++] = entry;
    }

    public void Post(int packed)
    {
        var at = Network.BinarySearch(packed);
        if (at >= 0)
            return;
        ReserveMessages(messages + 1);
        network.AsSpan(~at, messages - ~at).CopyTo(network.AsSpan(~at + 1));
        network[~at] = packed;
        messages++;
    }

    /// <summary>Keeps the first messages only.</summary>
    public void Cut(int count) => messages = count;

    /// <summary>Takes the messages of a sorted set.</summary>
    public void SetNetwork(ReadOnlySpan<int> sorted)
    {
        ReserveMessages(sorted.Length);
        sorted.CopyTo(network);
        messages = sorted.Length;
    }

    public void CopyFrom(RaftWorld other)
    {
        other.Servers.CopyTo(Servers, 0);
        (Commands, Crashes) = (other.Commands, other.Crashes);
        SetCommitted(other.Committed);
        SetNetwork(other.Network);
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteRaw(MemoryMarshal.AsBytes(Servers.AsSpan()));
        writer.WriteUInt32((uint)(Commands | (Crashes << CountBits) | (CommittedCount << (2 * CountBits))));
        writer.WriteRaw(MemoryMarshal.AsBytes(Committed));
        writer.WriteRaw(MemoryMarshal.AsBytes(Network));
    }

    public void Read(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, int>(bytes);
        words[..Servers.Length].CopyTo(Servers);
        var counts = words[Servers.Length];
        (Commands, Crashes) = (counts & ((1 << CountBits) - 1), (counts >> CountBits) & ((1 << CountBits) - 1));
        var rest = words[(Servers.Length + 1)..];
        SetCommitted(rest[..(counts >> (2 * CountBits))]);
        SetNetwork(rest[CommittedCount..]);
    }

    private void SetCommitted(ReadOnlySpan<int> entries)
    {
        if (committed.Length < entries.Length)
            committed = new int[entries.Length * 2];
        entries.CopyTo(committed);
        CommittedCount = entries.Length;
    }

    private void ReserveMessages(int count)
    {
        if (network.Length < count)
            Array.Resize(ref network, count * 2);
    }
}
