using Quorate.Services.Coordination.Keys;
using Quorate.Services.Coordination.Values;

namespace Quorate.Services.Coordination.Store;

/// <summary>Reads ranges.</summary>
/// <remarks>Source: etcd v3.4, etcdserver/apply.go, Range: filters and sorting see all keys of the range, the limit comes last, the count
/// is of all keys.</remarks>
internal static class RangeReader
{
    /// <summary>Why a revision cannot be read, or null.</summary>
    /// <param name="state">The store.</param>
    /// <param name="revision">The revision asked for; 0 or less means the present.</param>
    public static CoordinationError? Check(MvccState state, long revision)
    {
        if (revision > state.View)
            return CoordinationError.FutureRevision;
        return revision > 0 && revision < state.CompactRevision ? CoordinationError.Compacted : null;
    }

    /// <summary>Reads a range at a revision that can be read.</summary>
    /// <param name="state">The store.</param>
    /// <param name="request">What to read.</param>
    /// <param name="header">The header; its revision is set here.</param>
    public static RangeResponse Read(MvccState state, RangeRequest request, ResponseHeader header)
    {
        state.Counters.Ranges++;
        header = header with { Revision = state.View };
        var live = LiveCursor.At(state, KeyRange.Of(request.Key, request.RangeEnd), request.Revision > 0 ? request.Revision : state.View);
        if (request.CountOnly)
            return new RangeResponse(header, [], false, CountRest(ref live));
        return NeedsAll(request) ? ReadAll(ref live, request, header) : ReadFirst(ref live, request, header);
    }

    private static bool NeedsAll(RangeRequest request) =>
        request.SortTarget != KeyField.Key || request.SortOrder == SortOrder.Descend || request.MinModRevision != 0 || request.MaxModRevision != 0
        || request.MinCreateRevision != 0 || request.MaxCreateRevision != 0;

    private static RangeResponse ReadFirst(ref LiveCursor live, RangeRequest request, ResponseHeader header)
    {
        var found = new List<KeyValue>();
        while ((request.Limit <= 0 || found.Count < request.Limit) && live.Next())
            found.Add(live.Version.ToKeyValue(live.Node.Key, withValue: !request.KeysOnly));
        var rest = CountRest(ref live);
        return new RangeResponse(header, found, rest > 0, found.Count + rest);
    }

    private static RangeResponse ReadAll(ref LiveCursor live, RangeRequest request, ResponseHeader header)
    {
        // Values are read only of what is answered, unless they say the order: old ones are on disk.
        var found = new List<Found>();
        long count = 0;
        for (; live.Next(); count++)
        {
            if (Passes(live.Version, request))
                found.Add(new Found(live.Version.ToKeyValue(live.Node.Key, withValue: request.SortTarget == KeyField.Value), live.Version));
        }

        Sort(found, request.SortTarget, request.SortOrder);
        var more = request.Limit > 0 && found.Count > request.Limit;
        if (more)
            found.RemoveRange((int)request.Limit, found.Count - (int)request.Limit);
        var shown = found.ConvertAll(f => f.Shown with { Value = request.KeysOnly ? default : f.Version.Value });
        return new RangeResponse(header, shown, more, count);
    }

    private static long CountRest(ref LiveCursor live)
    {
        long count = 0;
        while (live.Next())
            count++;
        return count;
    }

    private static bool Passes(in KeyVersion version, RangeRequest request) =>
        (request.MinModRevision == 0 || version.Main >= request.MinModRevision)
        && (request.MaxModRevision == 0 || version.Main <= request.MaxModRevision)
        && (request.MinCreateRevision == 0 || version.Header.Create >= request.MinCreateRevision)
        && (request.MaxCreateRevision == 0 || version.Header.Create <= request.MaxCreateRevision);

    private static void Sort(List<Found> found, KeyField target, SortOrder order)
    {
        Comparison<KeyValue> byField = target switch
        {
            KeyField.Version => static (a, b) => a.Version.CompareTo(b.Version),
            KeyField.CreateRevision => static (a, b) => a.CreateRevision.CompareTo(b.CreateRevision),
            KeyField.ModRevision => static (a, b) => a.ModRevision.CompareTo(b.ModRevision),
            KeyField.Value => static (a, b) => a.Value.Span.SequenceCompareTo(b.Value.Span),
            _ => static (a, b) => a.Key.Span.SequenceCompareTo(b.Key.Span),
        };
        // Equal fields are left in the order of the keys, so that the answer is the same everywhere.
        var sign = order == SortOrder.Descend ? -1 : 1;
        found.Sort((a, b) =>
        {
            var compared = sign * byField(a.Shown, b.Shown);
            return compared != 0 ? compared : a.Shown.Key.Span.SequenceCompareTo(b.Shown.Key.Span);
        });
    }

    private readonly record struct Found(KeyValue Shown, KeyVersion Version);
}
