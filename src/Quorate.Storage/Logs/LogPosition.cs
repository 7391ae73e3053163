namespace Quorate.Storage.Logs;

/// <summary>Where a record lies in a log. Later records have greater positions.</summary>
/// <param name="Segment">The number of the segment, from 1.</param>
/// <param name="Offset">Bytes from the start of the segment's file.</param>
public readonly record struct LogPosition(long Segment, long Offset) : IComparable<LogPosition>
{
    /// <summary>Where the batch begins that the record lies in: reading begins there.</summary>
    public long Batch { get; init; }

    /// <inheritdoc/>
    public int CompareTo(LogPosition other) =>
        Segment != other.Segment ? Segment.CompareTo(other.Segment) : Offset.CompareTo(other.Offset);

    /// <summary>Whether one lies before the other.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator <(LogPosition left, LogPosition right) => left.CompareTo(right) < 0;

    /// <summary>Whether one lies behind the other.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator >(LogPosition left, LogPosition right) => left.CompareTo(right) > 0;

    /// <summary>Whether one lies before the other or they are the same.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator <=(LogPosition left, LogPosition right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one lies behind the other or they are the same.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator >=(LogPosition left, LogPosition right) => left.CompareTo(right) >= 0;

    /// <summary>As in an error message.</summary>
    public override string ToString() => $"{Segment}:{Offset}";
}
