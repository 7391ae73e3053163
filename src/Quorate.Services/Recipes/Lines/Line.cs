using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;

namespace Quorate.Services.Recipes.Lines;

/// <summary>Who waits for what: the shape of a line.</summary>
/// <param name="Name">The name of what is waited for.</param>
/// <param name="KeyPrefix">What the keys of those who join this way begin with.</param>
/// <param name="Blockers">The keys whose earlier ones must be gone.</param>
/// <param name="Places">How many earlier ones may be there all the same, and this one: 1 for a lock.</param>
/// <param name="IsCounted">Whether the keys say how many places there are, which must be the same for all.</param>
internal sealed record Line(string Name, string KeyPrefix, KeySpan Blockers, int Places, bool IsCounted = false)
{
    /// <summary>A line in which each waits for all before it.</summary>
    /// <param name="name">The name of what is waited for.</param>
    /// <param name="keyPrefix">What all its keys begin with.</param>
    public static Line Of(string name, string keyPrefix) => new(name, keyPrefix, KeySpan.Below(keyPrefix), 1);

    /// <summary>A line for several places.</summary>
    /// <param name="name">The name of what is waited for.</param>
    /// <param name="keyPrefix">What all its keys begin with.</param>
    /// <param name="places">How many may hold at once.</param>
    public static Line Of(string name, string keyPrefix, int places) => new(name, keyPrefix, KeySpan.Below(keyPrefix), places, IsCounted: true);

    /// <summary>Reads the first of the line: as many as may hold.</summary>
    public RangeRequest First() => new(
        Blockers.Key, Blockers.End, Limit: Places, SortOrder: SortOrder.Ascend, SortTarget: KeyField.CreateRevision);

    /// <summary>Reads those before a place, the nearest first: as many as may hold, and one more.</summary>
    /// <param name="token">The place.</param>
    public RangeRequest Before(long token) => new(
        Blockers.Key, Blockers.End, Limit: Places + 1, SortOrder: SortOrder.Descend, SortTarget: KeyField.CreateRevision, KeysOnly: true,
        MaxCreateRevision: token - 1);
}
