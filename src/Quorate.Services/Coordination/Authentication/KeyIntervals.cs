namespace Quorate.Services.Coordination.Authentication;

/// <summary>Sets of keys as sorted intervals that do not touch: what a user's permissions of one kind cover together.</summary>
/// <remarks>
/// Guarantee: a range is covered when each of its keys is, by whichever permissions. Cost: a binary search.
/// Source: etcd v3.4, auth/range_perm_cache.go: a range must be covered by the union, and one that is empty or the wrong way round is not.
/// </remarks>
internal sealed class KeyIntervals
{
    private readonly List<Interval> intervals = [];

    /// <summary>The union of ranges.</summary>
    /// <param name="ranges">The ranges, as permissions give them.</param>
    public KeyIntervals(IEnumerable<(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> RangeEnd)> ranges)
    {
        var sorted = ranges.Select(range => Interval.Of(range.Key, range.RangeEnd)).Where(i => !i.IsEmpty).ToArray();
        Array.Sort(sorted, static (a, b) => a.Start.Span.SequenceCompareTo(b.Start.Span));
        foreach (var next in sorted)
        {
            if (intervals.Count > 0 && intervals[^1].Touches(next))
                intervals[^1] = intervals[^1].With(next);
            else
                intervals.Add(next);
        }
    }

    /// <summary>Whether every key of a range is covered.</summary>
    /// <param name="key">The key, or the first one.</param>
    /// <param name="rangeEnd">Empty for the one key; a zero byte for all from there on; else the first key behind the range.</param>
    public bool Cover(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd)
    {
        var wanted = Interval.Of(key, rangeEnd);
        var (low, high) = (0, intervals.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (intervals[middle].Start.Span.SequenceCompareTo(wanted.Start.Span) <= 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low > 0 && !wanted.IsEmpty && intervals[low - 1].EndsNotBefore(wanted);
    }

    /// <summary>From a key up to, not with, another one; or without an end.</summary>
    private readonly record struct Interval(ReadOnlyMemory<byte> Start, ReadOnlyMemory<byte> End, bool IsOpen)
    {
        public bool IsEmpty => !IsOpen && Start.Span.SequenceCompareTo(End.Span) >= 0;

        public static Interval Of(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd)
        {
            if (rangeEnd.IsEmpty)
                return new Interval(key, (byte[])[.. key.Span, 0], false);
            return new Interval(key, rangeEnd, rangeEnd.Length == 1 && rangeEnd.Span[0] == 0);
        }

        public bool EndsNotBefore(Interval other) => IsOpen || (!other.IsOpen && End.Span.SequenceCompareTo(other.End.Span) >= 0);

        public bool Touches(Interval next) => IsOpen || next.Start.Span.SequenceCompareTo(End.Span) <= 0;

        public Interval With(Interval next) => EndsNotBefore(next) ? this : next with { Start = Start };
    }
}
