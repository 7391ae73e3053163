using Quorate.Services.Coordination.Keys;

namespace Quorate.Services.Coordination.Store;

/// <summary>A lease as all replicas know it. When it runs out is not their business but the leader's.</summary>
/// <param name="id">Its id.</param>
/// <param name="ttlSeconds">The time to live that was granted.</param>
internal sealed class Lease(long id, long ttlSeconds)
{
    private HashSet<KeyNode>? keys;

    /// <summary>Its id.</summary>
    public long Id { get; } = id;

    /// <summary>The time to live that was granted, in seconds.</summary>
    public long TtlSeconds { get; } = ttlSeconds;

    /// <summary>Hangs a key on it.</summary>
    /// <param name="key">The key.</param>
    public void Attach(KeyNode key) => (keys ??= []).Add(key);

    /// <summary>Takes a key off it.</summary>
    /// <param name="key">The key.</param>
    public void Detach(KeyNode key) => keys?.Remove(key);

    /// <summary>The keys that hang on it, in order.</summary>
    public KeyNode[] KeysInOrder()
    {
        if (keys is null)
            return [];
        var ordered = new KeyNode[keys.Count];
        keys.CopyTo(ordered);
        Array.Sort(ordered, static (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        return ordered;
    }
}
