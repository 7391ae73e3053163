using Quorate.Services.Coordination.Keys;

namespace Quorate.Services.Coordination.Store;

/// <summary>Walks over all keys in batches. The tree may change between two of them: no walk is kept over that.</summary>
/// <param name="state">The store.</param>
internal sealed class KeyBatches(MvccState state)
{
    private const int BatchKeys = 256;
    private readonly List<KeyNode> batch = new(BatchKeys);
    private byte[] after = [];

    /// <summary>The keys of the batch, valid until the next.</summary>
    public IReadOnlyList<KeyNode> Current => batch;

    /// <summary>Goes to the next batch.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Next()
    {
        batch.Clear();
        var keys = state.Keys.From(after);
        while (batch.Count < BatchKeys && keys.Next() is { } node)
        {
            if (!ReferenceEquals(node.Key, after))
                batch.Add(node);
        }

        if (batch.Count == 0)
            return false;
        after = batch[^1].Key;
        return true;
    }
}
