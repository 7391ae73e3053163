using Quorate.Services.Coordination.Keys;

namespace Quorate.Services.Coordination.Store;

/// <summary>Does puts and deletions, alone or within a transaction.</summary>
internal static class Operations
{
    /// <summary>Why a put cannot be done, or null. Alone, a missing lease is seen before a missing key; in a transaction it is the other
    /// way round.</summary>
    /// <param name="state">The store.</param>
    /// <param name="put">The put.</param>
    /// <param name="inTransaction">Whether it is part of a transaction.</param>
    /// <remarks>Source: etcd v3.4, etcdserver/apply.go, Put and checkRequestPut.</remarks>
    public static CoordinationError? Check(MvccState state, PutRequest put, bool inTransaction)
    {
        var leaseIsMissing = put.Lease != 0 && !state.Leases.Contains(put.Lease);
        if (leaseIsMissing && !inTransaction)
            return CoordinationError.LeaseNotFound;
        if ((put.IgnoreValue || put.IgnoreLease) && state.Keys.Find(put.Key.Span) is not { Latest.IsLive: true })
            return CoordinationError.KeyNotFound;
        return leaseIsMissing ? CoordinationError.LeaseNotFound : null;
    }

    /// <summary>Does a put that was checked.</summary>
    /// <param name="state">The store.</param>
    /// <param name="put">The put.</param>
    public static PutResponse Do(MvccState state, PutRequest put)
    {
        KeyValue? previous = null;
        var value = put.IgnoreValue ? (ReadOnlyMemory<byte>?)null : put.Value;
        var lease = put.Lease;
        if ((put.PreviousKeyValue || put.IgnoreValue || put.IgnoreLease) && state.Keys.Find(put.Key.Span) is { Latest.IsLive: true } node)
        {
            previous = put.PreviousKeyValue ? node.Latest.ToKeyValue(node.Key) : null;
            var details = node.Latest.Details;
            value ??= details.Value;
            lease = put.IgnoreLease ? details.Lease : lease;
        }

        // The check saw the key; only a deletion earlier in the same transaction can have taken it away since.
        state.Put(put.Key.Span, value ?? default, lease);
        return new PutResponse(new ResponseHeader(0, 0, state.View, 0), previous);
    }

    /// <summary>Does a deletion.</summary>
    /// <param name="state">The store.</param>
    /// <param name="delete">The deletion.</param>
    public static DeleteRangeResponse Do(MvccState state, DeleteRangeRequest delete)
    {
        var previous = delete.PreviousKeyValues ? new List<KeyValue>() : null;
        var deleted = state.DeleteRange(KeyRange.Of(delete.Key, delete.RangeEnd), previous);
        return new DeleteRangeResponse(new ResponseHeader(0, 0, state.View, 0), deleted, previous ?? []);
    }
}
