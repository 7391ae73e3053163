using Quorate.Services.Coordination.Values;

namespace Quorate.Services.Coordination.Keys;

/// <summary>One pass over all versions, bit by bit, that moves those together which lie where most is gone.</summary>
/// <param name="keys">The keys; they may change between two bits. What a pass misses, the next one finds.</param>
/// <param name="values">Where the values are.</param>
internal sealed class ValueMover(KeyTree keys, ValueArena values)
{
    private byte[] key = [];
    private int place;

    /// <summary>Goes on.</summary>
    /// <param name="budget">How many versions to look at.</param>
    /// <returns>Whether the pass is done.</returns>
    public bool Move(int budget)
    {
        var cursor = keys.From(key);
        while (cursor.Next() is { } node)
        {
            if (!ReferenceEquals(node.Key, key))
                (key, place) = (node.Key, 0);
            for (; place < node.Count; place++)
            {
                if (budget-- <= 0)
                    return false;
                if (values.IsWorthMoving(node[place]))
                    node.Replace(place, values.Move(node[place]));
            }
        }

        return true;
    }
}
