using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;

namespace Quorate.Services.Recipes.Queues;

/// <summary>The keys of a queue.</summary>
/// <param name="name">Its name.</param>
/// <param name="prefix">What all of them begin with.</param>
internal sealed class QueueKeys(string name, string prefix)
{
    private const int ClaimsMax = 1000;
    private readonly byte[] items = RecipeKeys.Bytes($"{prefix}items/");
    private readonly byte[] claims = RecipeKeys.Bytes($"{prefix}claims/");

    /// <summary>The queue's name.</summary>
    public string Name => name;

    /// <summary>What the keys of those in line begin with.</summary>
    public string Takers { get; } = $"{prefix}takers/";

    /// <summary>What the keys of items begin with.</summary>
    public string Items { get; } = $"{prefix}items/";

    /// <summary>What the keys of those who have items begin with.</summary>
    public string Claims { get; } = $"{prefix}claims/";

    /// <summary>What the keys of senders begin with.</summary>
    public string Senders { get; } = $"{prefix}senders/";

    /// <summary>All of the queue's keys.</summary>
    public KeySpan All { get; } = KeySpan.Below(prefix);

    /// <summary>Reads who has items, and as many items that one of them is free if any is, in one step.</summary>
    public TxnRequest Look
    {
        get
        {
            var (claimed, waiting) = (KeySpan.Below(claims), KeySpan.Below(items));
            return new TxnRequest(
                [],
                [
                    new RangeRequest(claimed.Key, claimed.End, Limit: ClaimsMax, KeysOnly: true),
                    new RangeRequest(
                        waiting.Key, waiting.End, Limit: ClaimsMax + 1, SortOrder: SortOrder.Ascend, SortTarget: KeyField.CreateRevision,
                        KeysOnly: true),
                ],
                []);
        }
    }

    /// <summary>The first item that nobody has; null where there is none, or where too many have one.</summary>
    /// <param name="look">What was read.</param>
    public KeyValue? FirstFree(TxnResponse look)
    {
        var taken = ((RangeResponse)look.Responses[0]).KeyValues;
        if (taken.Count == ClaimsMax)
            return null;
        var suffixes = taken.Select(kv => Convert.ToHexString(kv.Key.Span[claims.Length..])).ToHashSet(StringComparer.Ordinal);
        return ((RangeResponse)look.Responses[1]).KeyValues
            .FirstOrDefault(kv => !suffixes.Contains(Convert.ToHexString(kv.Key.Span[items.Length..])));
    }

    /// <summary>The key of whoever has an item.</summary>
    /// <param name="item">The item.</param>
    public byte[] ClaimOf(KeyValue item) => [.. claims, .. item.Key.Span[items.Length..]];

    /// <summary>Whether an event may make an item free.</summary>
    /// <param name="changed">The event.</param>
    public bool MayFree(WatchEvent changed) => changed.KeyValue.Key.Span.StartsWith(changed.IsDelete ? claims : items);
}
