namespace Quorate.Services.Coordination.Authentication;

/// <summary>Bounds how fast passwords can be tried on this node: of one user, and of all together.</summary>
/// <remarks>
/// Guarantee: after <see cref="OfUserMax"/> bad log-ins of a name, one more every <see cref="OfUserEvery"/>; after <see cref="OfAllMax"/> of
/// all names, one more every <see cref="OfAllEvery"/>. A log-in counts as bad until its password was found right. Tokens go on.
/// Cost: a lookup. Bounded: <see cref="NamesMax"/> names; one more forgets the one whose turn was longest ago, which at the pace of all
/// together takes minutes.
/// Source: NIST SP 800-63B, section 5.2.2 (rate limiting); the two buckets are token buckets.
/// </remarks>
/// <param name="clock">The clock.</param>
internal sealed class LoginThrottle(TimeProvider clock)
{
    /// <summary>How many bad log-ins of a name there may be at once.</summary>
    public const int OfUserMax = 10;

    /// <summary>How many bad log-ins there may be at once.</summary>
    public const int OfAllMax = 100;

    /// <summary>How many names are remembered.</summary>
    public const int NamesMax = 2_048;

    /// <summary>After what time a name has one more.</summary>
    public static readonly TimeSpan OfUserEvery = TimeSpan.FromSeconds(5);

    /// <summary>After what time all together have one more.</summary>
    public static readonly TimeSpan OfAllEvery = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<string, LinkedListNode<Bucket>> names = new(StringComparer.Ordinal);
    private readonly LinkedList<Bucket> byUse = [];
    private Bucket all = new("", 0, clock.GetTimestamp());

    /// <summary>Begins a log-in, which counts as bad until <see cref="Succeeded"/>.</summary>
    /// <param name="name">The user's name, whether there is one or not.</param>
    /// <returns>Whether it may be tried.</returns>
    public bool TryBegin(string name)
    {
        var node = Find(name);
        (all, node.Value) = (Drained(all, OfAllEvery), Drained(node.Value, OfUserEvery));
        if (all.Count >= OfAllMax || node.Value.Count >= OfUserMax)
            return false;
        (all, node.Value) = (all with { Count = all.Count + 1 }, node.Value with { Count = node.Value.Count + 1 });
        return true;
    }

    /// <summary>A log-in that began was a good one.</summary>
    /// <param name="name">The user's name.</param>
    public void Succeeded(string name)
    {
        all = all with { Count = Math.Max(0, all.Count - 1) };
        if (names.TryGetValue(name, out var node))
            node.Value = node.Value with { Count = Math.Max(0, node.Value.Count - 1) };
    }

    private Bucket Drained(Bucket bucket, TimeSpan every)
    {
        var turns = (long)(clock.GetElapsedTime(bucket.Since) / every);
        if (bucket.Count == 0 || turns >= bucket.Count)
            return bucket with { Count = 0, Since = clock.GetTimestamp() };
        var drained = turns * every.TotalSeconds * clock.TimestampFrequency;
        return bucket with { Count = bucket.Count - (int)turns, Since = bucket.Since + (long)drained };
    }

    private LinkedListNode<Bucket> Find(string name)
    {
        if (names.TryGetValue(name, out var node))
        {
            byUse.Remove(node);
            byUse.AddLast(node);
            return node;
        }

        if (names.Count >= NamesMax)
        {
            names.Remove(byUse.First!.Value.Name);
            byUse.RemoveFirst();
        }

        return names[name] = byUse.AddLast(new Bucket(name, 0, clock.GetTimestamp()));
    }

    private readonly record struct Bucket(string Name, int Count, long Since);
}
