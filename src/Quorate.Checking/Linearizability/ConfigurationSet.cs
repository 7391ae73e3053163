using Quorate.Checking.Findings;
using Quorate.Kernel.Encoding;

namespace Quorate.Checking.Linearizability;

/// <summary>
/// The configurations that a search has seen: a key (how many completions are passed, the state, which open operations are done) and the
/// set of unknown operations used. One that used a superset of another's can do nothing that the other cannot, and counts as seen.
/// </summary>
internal sealed class ConfigurationSet(int keyWords, int usedWords, CheckBudget budget)
{
    private const int SlotsMin = 1024;
    private readonly int width = keyWords + usedWords;
    private int[] heads = NewHeads(SlotsMin);
    private int[] next = new int[SlotsMin];
    private ulong[] pool = new ulong[SlotsMin * (keyWords + usedWords)];
    private int count;

    /// <summary>How many entries the last call looked at.</summary>
    public int Probes { get; private set; }

    /// <summary>Adds a configuration. False when it, or a better one, is there; null when there is no room.</summary>
    public bool? Add(ReadOnlySpan<ulong> configuration)
    {
        var bucket = BucketOf(configuration);
        Probes = 0;
        for (var entry = heads[bucket]; entry >= 0; entry = next[entry])
        {
            Probes++;
            if (Covers(pool.AsSpan(entry * width, width), configuration))
                return false;
        }
        if (count == next.Length)
        {
            if (!TryGrow())
                return null;
            bucket = BucketOf(configuration);
        }
        configuration.CopyTo(pool.AsSpan(count * width));
        next[count] = heads[bucket];
        heads[bucket] = count++;
        return true;
    }

    private static int[] NewHeads(int length)
    {
        var heads = new int[length];
        Array.Fill(heads, -1);
        return heads;
    }

    private int BucketOf(ReadOnlySpan<ulong> configuration)
    {
        var hash = 0UL;
        for (var i = 0; i < keyWords; i++)
            hash = StableHash.Combine(hash, configuration[i]);
        return (int)(hash & (ulong)(heads.Length - 1));
    }

    private bool Covers(ReadOnlySpan<ulong> seen, ReadOnlySpan<ulong> configuration)
    {
        for (var i = 0; i < keyWords; i++)
            if (seen[i] != configuration[i])
                return false;
        for (var i = keyWords; i < width; i++)
            if ((seen[i] & ~configuration[i]) != 0)
                return false;
        return true;
    }

    private bool TryGrow()
    {
        var length = (long)next.Length * 2;
        if (!budget.TryHold(length * (width * sizeof(ulong) + 2 * sizeof(int))) || length * width > Array.MaxLength)
            return false;
        Array.Resize(ref next, (int)length);
        Array.Resize(ref pool, (int)length * width);
        heads = NewHeads((int)length);
        for (var entry = 0; entry < count; entry++)
        {
            var bucket = BucketOf(pool.AsSpan(entry * width, width));
            next[entry] = heads[bucket];
            heads[bucket] = entry;
        }
        return true;
    }
}
