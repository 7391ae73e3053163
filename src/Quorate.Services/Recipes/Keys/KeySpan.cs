namespace Quorate.Services.Recipes.Keys;

/// <summary>A key, or all keys that begin with something, as the pair of key and range end that requests take.</summary>
/// <param name="Key">The key, or the first one.</param>
/// <param name="End">The key behind the last one; empty for one key.</param>
internal readonly record struct KeySpan(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> End)
{
    /// <summary>One key.</summary>
    /// <param name="key">The key.</param>
    public static KeySpan One(ReadOnlyMemory<byte> key) => new(key, default);

    /// <summary>All keys that begin with something.</summary>
    /// <param name="prefix">What they begin with; empty for all keys.</param>
    public static KeySpan Below(ReadOnlySpan<byte> prefix)
    {
        for (var i = prefix.Length - 1; i >= 0; i--)
        {
            if (prefix[i] == byte.MaxValue)
                continue;
            var end = prefix[..(i + 1)].ToArray();
            end[i]++;
            return new KeySpan(prefix.ToArray(), end);
        }

        // Nothing, or nothing but the greatest byte: all keys from there on.
        return new KeySpan(prefix.IsEmpty ? new byte[1] : prefix.ToArray(), new byte[1]);
    }

    /// <summary>All keys that begin with something.</summary>
    /// <param name="prefix">What they begin with; empty for all keys.</param>
    public static KeySpan Below(string prefix) => Below(RecipeKeys.Bytes(prefix));
}
