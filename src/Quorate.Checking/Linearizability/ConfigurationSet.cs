using Quorate.Checking.Findings;
using Quorate.Kernel.Encoding;

namespace Quorate.Checking.Linearizability;

/// <summary>
/// The configurations that a search has seen: a key (how many completions are passed, the state, which open operations are done) and the
/// set of unknown operations used. One that used a superset of another's can do nothing that the other cannot, and counts as seen.
/// </summary>
/// <remarks>
/// An entry is one word for its hash and the entry behind it, and then the configuration. Entries lie in blocks that are never moved, so that
/// growing leaves no garbage behind: what is counted is what the process takes. Only the first block grows, and the table of heads, which is
/// counted twice for the one that it replaces.
/// </remarks>
internal sealed class ConfigurationSet(int keyWords, int usedWords, CheckBudget budget, Func<long> heldElsewhere)
{
    private const int HeadsMin = 256;
    private const int FirstBlock = 32;
    private const int BlockWords = 1 << 16;
    private readonly int width = keyWords + usedWords + 1;
    private readonly int blockBits = BitsOf(BlockWords / (keyWords + usedWords + 1));
    private ulong[][] blocks = [new ulong[FirstBlock * (keyWords + usedWords + 1)]];
    private int[] heads = NewHeads(HeadsMin);
    private int room = FirstBlock;
    private int count;

    /// <summary>How many entries the last call looked at.</summary>
    public int Probes { get; private set; }

    /// <summary>Adds a configuration. False when it, or a better one, is there; null when there is no room.</summary>
    public bool? Add(ReadOnlySpan<ulong> configuration)
    {
        var hash = HashOf(configuration);
        Probes = 0;
        for (var entry = heads[hash & (uint)(heads.Length - 1)]; entry >= 0;)
        {
            Probes++;
            var seen = EntryAt(entry);
            if ((uint)(seen[0] >> 32) == hash && Covers(seen[1..], configuration))
                return false;
            entry = (int)(uint)seen[0];
        }
        if (count == room && !TryGrow())
            return null;
        ref var head = ref heads[hash & (uint)(heads.Length - 1)];
        var added = EntryAt(count);
        added[0] = ((ulong)hash << 32) | (uint)head;
        configuration.CopyTo(added[1..]);
        head = count++;
        return true;
    }

    private static int[] NewHeads(int length)
    {
        var heads = new int[length];
        Array.Fill(heads, -1);
        return heads;
    }

    private static int BitsOf(int entries) => Math.Max(5, 31 - int.LeadingZeroCount(Math.Max(entries, 1)));

    private Span<ulong> EntryAt(int entry) =>
        blocks[entry >> blockBits].AsSpan((entry & ((1 << blockBits) - 1)) * width, width);

    private uint HashOf(ReadOnlySpan<ulong> configuration)
    {
        var hash = 0UL;
        for (var i = 0; i < keyWords; i++)
            hash = StableHash.Combine(hash, configuration[i]);
        return (uint)hash;
    }

    private bool Covers(ReadOnlySpan<ulong> seen, ReadOnlySpan<ulong> configuration)
    {
        for (var i = 0; i < keyWords; i++)
            if (seen[i] != configuration[i])
                return false;
        for (var i = keyWords; i < configuration.Length; i++)
            if ((seen[i] & ~configuration[i]) != 0)
                return false;
        return true;
    }

    private bool TryGrow()
    {
        var isFirst = room < 1 << blockBits;
        var more = isFirst ? room : 1 << blockBits;
        var headsAfter = (long)(room + more > heads.Length ? 2 * heads.Length : heads.Length);
        // The table that a larger one replaces is garbage for a while.
        var bytes = ((long)(room + more) * width * sizeof(ulong)) + (2 * headsAfter * sizeof(int)) + heldElsewhere();
        if (!budget.TryHold(bytes) || headsAfter > 1 << 30)
            return false;
        if (isFirst)
            Array.Resize(ref blocks[0], (room + more) * width);
        else
            AddBlock();
        room += more;
        if (headsAfter > heads.Length)
            Spread((int)headsAfter);
        return true;
    }

    private void AddBlock()
    {
        var used = room >> blockBits;
        if (used == blocks.Length)
            Array.Resize(ref blocks, used * 2);
        blocks[used] = new ulong[(1 << blockBits) * width];
    }

    private void Spread(int length)
    {
        heads = NewHeads(length);
        for (var entry = 0; entry < count; entry++)
        {
            var words = EntryAt(entry);
            ref var head = ref heads[(uint)(words[0] >> 32) & (uint)(length - 1)];
            words[0] = (words[0] & 0xFFFF_FFFF_0000_0000) | (uint)head;
            head = entry;
        }
    }
}
