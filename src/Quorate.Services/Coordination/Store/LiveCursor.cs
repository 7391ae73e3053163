using Quorate.Services.Coordination.Keys;
using Quorate.Services.Coordination.Values;

namespace Quorate.Services.Coordination.Store;

/// <summary>A walk over the keys of a range that are there at a revision. It ends to be valid when a key is added or removed.</summary>
internal struct LiveCursor
{
    private readonly KeyRange range;
    private readonly long revision;
    private KeyCursor keys;
    private KeyNode? only;
    private KeyVersion version;

    private LiveCursor(KeyRange range, long revision, KeyCursor keys, KeyNode? only)
    {
        this.range = range;
        this.revision = revision;
        this.keys = keys;
        this.only = only;
        Node = null!;
    }

    /// <summary>The key that the walk is at.</summary>
    public KeyNode Node { get; private set; }

    /// <summary>Its version at the revision.</summary>
    public readonly KeyVersion Version => version;

    /// <summary>A walk before its first key.</summary>
    /// <param name="state">The keys.</param>
    /// <param name="range">Which of them.</param>
    /// <param name="revision">As of which revision.</param>
    public static LiveCursor At(MvccState state, KeyRange range, long revision) => range.IsOne
        ? new LiveCursor(range, revision, default, state.Keys.Find(range.Start.Span))
        : new LiveCursor(range, revision, state.Keys.From(range.Start.Span), null);

    /// <summary>Goes to the next key that is there.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Next()
    {
        while (NextNode() is { } node)
        {
            if (!node.TryAt(revision, out version))
                continue;
            Node = node;
            return true;
        }

        return false;
    }

    private KeyNode? NextNode()
    {
        if (range.IsOne)
        {
            var node = only;
            only = null;
            return node;
        }

        return keys.Next() is { } next && range.Reaches(next.Key) ? next : null;
    }
}
