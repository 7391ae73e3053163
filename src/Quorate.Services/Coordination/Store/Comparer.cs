using Quorate.Services.Coordination.Keys;
using Quorate.Services.Coordination.Values;

namespace Quorate.Services.Coordination.Store;

/// <summary>Evaluates the comparisons of transactions.</summary>
/// <remarks>
/// Source: etcd v3.4, etcdserver/apply.go, applyCompare: every key of the range must satisfy the comparison; where there is none, a comparison
/// of the value fails, and the others see zeros.
/// </remarks>
internal static class Comparer
{
    /// <summary>Whether all comparisons hold.</summary>
    /// <param name="state">The store.</param>
    /// <param name="compares">The comparisons.</param>
    public static bool All(MvccState state, IReadOnlyList<Compare> compares)
    {
        foreach (var compare in compares)
        {
            if (!Holds(state, compare))
                return false;
        }

        return true;
    }

    private static bool Holds(MvccState state, Compare compare)
    {
        var live = LiveCursor.At(state, KeyRange.Of(compare.Key, compare.RangeEnd), state.View);
        if (!live.Next())
            return compare.Target != KeyField.Value && Holds(compare, default);
        do
        {
            if (!Holds(compare, live.Version))
                return false;
        }
        while (live.Next());
        return true;
    }

    private static bool Holds(Compare compare, in KeyVersion version)
    {
        var order = compare.Target switch
        {
            KeyField.Value => version.Details.Value.Span.SequenceCompareTo(compare.Value.Span),
            KeyField.CreateRevision => version.Header.Create.CompareTo(compare.Number),
            KeyField.ModRevision => version.Main.CompareTo(compare.Number),
            KeyField.Version => version.Header.Number.CompareTo(compare.Number),
            _ => version.Header.Lease.CompareTo(compare.Number),
        };
        return compare.Result switch
        {
            CompareResult.Equal => order == 0,
            CompareResult.Greater => order > 0,
            CompareResult.Less => order < 0,
            _ => order != 0,
        };
    }
}
