using System.Collections;

namespace Quorate.Protocols.Raft;

/// <summary>A run of entries of a log; it never changes. The payloads of entries at its front may have been let go: then whoever sends it
/// reads them back first (see <see cref="Released"/>).</summary>
/// <remarks>
/// Guarantee: what it shows stays as it was when it was made, whatever the log does.
/// Cost: no entry is copied.
/// Fails when: an entry is read whose payload was let go: <see cref="InvalidOperationException"/>.
/// Source: own.
/// </remarks>
public sealed class LogSlice : IReadOnlyList<Entry>
{
    private readonly Entry[]?[] parts;
    private readonly int[] ends;
    private readonly long[] releasedTerms = [];
    private readonly int skipped;

    /// <summary>A run of the entries of some blocks.</summary>
    /// <param name="blocks">The blocks, as they follow each other.</param>
    /// <param name="from">The index of the first entry.</param>
    /// <param name="count">How many entries.</param>
    internal LogSlice(LogBlock[] blocks, long from, int count)
    {
        (FirstIndex, Count) = (from, count);
        skipped = (int)(from - blocks[0].First);
        parts = new Entry[]?[blocks.Length];
        ends = new int[blocks.Length];
        for (var i = 0; i < blocks.Length; i++)
        {
            parts[i] = blocks[i].Entries;
            ends[i] = (int)Math.Min(blocks[i].Last + 1 - from, count);
            if (parts[i] is null)
                Released = ends[i];
        }

        if (Released == 0)
            return;
        // A block that was let go may lose its front later on: what is wanted of it is taken now.
        releasedTerms = new long[Released];
        for (var i = 0; i < Released; i++)
            releasedTerms[i] = blocks[PartOf(i)].TermAt(from + i);
    }

    /// <summary>The index of the first entry.</summary>
    public long FirstIndex { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>How many entries at the front have no payload in memory any more.</summary>
    public int Released { get; }

    /// <inheritdoc/>
    public Entry this[int index]
    {
        get
        {
            var part = PartOf(index);
            var entries = parts[part] ?? throw new InvalidOperationException($"The payload of entry {FirstIndex + index} was let go.");
            return entries[part == 0 ? skipped + index : index - ends[part - 1]];
        }
    }

    /// <summary>The term of an entry, let go or not.</summary>
    /// <param name="index">Its place in this run.</param>
    public long TermAt(int index) => index < Released ? releasedTerms[index] : this[index].Term;

    /// <inheritdoc/>
    public IEnumerator<Entry> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int PartOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        var part = 0;
        while (index >= ends[part])
            part++;
        return part;
    }
}
