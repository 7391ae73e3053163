namespace Quorate.Services.Coordination.Keys;

/// <summary>
/// A key, or all keys from one up to and without another, or all keys from one on: what etcd's pair of key and range end means.
/// </summary>
/// <remarks>Source: etcd v3.4, rpc.proto, RangeRequest.range_end.</remarks>
internal readonly struct KeyRange
{
    private readonly ReadOnlyMemory<byte> end;
    private readonly Shape shape;

    private KeyRange(ReadOnlyMemory<byte> start, ReadOnlyMemory<byte> end, Shape shape)
    {
        Start = start;
        this.end = end;
        this.shape = shape;
    }

    private enum Shape : byte
    {
        One,
        UpTo,
        Open,
    }

    /// <summary>The first key.</summary>
    public ReadOnlyMemory<byte> Start { get; }

    /// <summary>The key behind the last one; only where the range is neither one key nor open.</summary>
    public ReadOnlyMemory<byte> End => end;

    /// <summary>Whether the range is one key.</summary>
    public bool IsOne => shape == Shape.One;

    /// <summary>Whether the range has no end.</summary>
    public bool IsOpen => shape == Shape.Open;

    /// <summary>Whether no key can be in the range.</summary>
    public bool IsEmpty => shape == Shape.UpTo && Start.Span.SequenceCompareTo(end.Span) >= 0;

    /// <summary>The range of a key and a range end.</summary>
    /// <param name="key">The key.</param>
    /// <param name="rangeEnd">Empty for the key alone, one zero byte for all keys from it on, else the end.</param>
    public static KeyRange Of(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd)
    {
        if (rangeEnd.IsEmpty)
            return new KeyRange(key, default, Shape.One);
        if (rangeEnd.Length == 1 && rangeEnd.Span[0] == 0)
            return new KeyRange(key, default, Shape.Open);
        return new KeyRange(key, rangeEnd, Shape.UpTo);
    }

    /// <summary>Whether a key that is not before <see cref="Start"/> is in the range.</summary>
    /// <param name="key">The key.</param>
    public bool Reaches(ReadOnlySpan<byte> key) => shape switch
    {
        Shape.Open => true,
        Shape.UpTo => key.SequenceCompareTo(end.Span) < 0,
        _ => key.SequenceEqual(Start.Span),
    };

    /// <summary>Whether a key is in the range.</summary>
    /// <param name="key">The key.</param>
    public bool Contains(ReadOnlySpan<byte> key) => Reaches(key) && key.SequenceCompareTo(Start.Span) >= 0;

    /// <summary>The same range with bytes of its own.</summary>
    public KeyRange Copy() => new(Start.ToArray(), end.ToArray(), shape);
}
