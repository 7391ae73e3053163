using Google.Protobuf;
using Quorate.Services.Coordination;

namespace Quorate.Client.Translation;

/// <summary>Turns the service's requests into etcd's. Byte strings are shared, not copied.</summary>
internal static class WireRequests
{
    /// <summary>A range.</summary>
    public static Wire.RangeRequest Of(RangeRequest r) => new()
    {
        Key = Wrap(r.Key),
        RangeEnd = Wrap(r.RangeEnd),
        Limit = r.Limit,
        Revision = r.Revision,
        SortOrder = (Wire.RangeRequest.Types.SortOrder)r.SortOrder,
        SortTarget = TargetOf(r.SortTarget),
        Serializable = r.Serializable,
        KeysOnly = r.KeysOnly,
        CountOnly = r.CountOnly,
        MinModRevision = r.MinModRevision,
        MaxModRevision = r.MaxModRevision,
        MinCreateRevision = r.MinCreateRevision,
        MaxCreateRevision = r.MaxCreateRevision,
    };

    /// <summary>A transaction.</summary>
    public static Wire.TxnRequest Of(TxnRequest r)
    {
        var wire = new Wire.TxnRequest();
        wire.Compare.AddRange(r.Compare.Select(Of));
        wire.Success.AddRange(r.Success.Select(Of));
        wire.Failure.AddRange(r.Failure.Select(Of));
        return wire;
    }

    /// <summary>The start of a watch; the server may cut large revisions, and tells now and then how far it is.</summary>
    public static Wire.WatchRequest Of(WatchCreateRequest r)
    {
        var create = new Wire.WatchCreateRequest
        {
            Key = Wrap(r.Key),
            RangeEnd = Wrap(r.RangeEnd),
            StartRevision = r.StartRevision,
            ProgressNotify = true,
            PrevKv = r.PreviousKeyValue,
            WatchId = r.WatchId,
            Fragment = true,
        };
        if (r.NoPut)
            create.Filters.Add(Wire.WatchCreateRequest.Types.FilterType.Noput);
        if (r.NoDelete)
            create.Filters.Add(Wire.WatchCreateRequest.Types.FilterType.Nodelete);
        return new Wire.WatchRequest { CreateRequest = create };
    }

    private static Wire.RequestOp Of(Operation operation) => operation switch
    {
        RangeRequest r => new Wire.RequestOp { RequestRange = Of(r) },
        PutRequest r => new Wire.RequestOp { RequestPut = Of(r) },
        DeleteRangeRequest r => new Wire.RequestOp { RequestDeleteRange = Of(r) },
        TxnRequest r => new Wire.RequestOp { RequestTxn = Of(r) },
        _ => throw new ArgumentException($"{operation.GetType().Name} is not an operation of etcd's."),
    };

    private static Wire.PutRequest Of(PutRequest r) => new()
    {
        Key = Wrap(r.Key),
        Value = Wrap(r.Value),
        Lease = r.Lease,
        PrevKv = r.PreviousKeyValue,
        IgnoreValue = r.IgnoreValue,
        IgnoreLease = r.IgnoreLease,
    };

    private static Wire.DeleteRangeRequest Of(DeleteRangeRequest r) =>
        new() { Key = Wrap(r.Key), RangeEnd = Wrap(r.RangeEnd), PrevKv = r.PreviousKeyValues };

    private static Wire.Compare Of(Compare c)
    {
        var wire = new Wire.Compare
        {
            Result = (Wire.Compare.Types.CompareResult)c.Result,
            Key = Wrap(c.Key),
            RangeEnd = Wrap(c.RangeEnd),
        };
        switch (c.Target)
        {
            case KeyField.Version:
                (wire.Target, wire.Version) = (Wire.Compare.Types.CompareTarget.Version, c.Number);
                break;
            case KeyField.CreateRevision:
                (wire.Target, wire.CreateRevision) = (Wire.Compare.Types.CompareTarget.Create, c.Number);
                break;
            case KeyField.ModRevision:
                (wire.Target, wire.ModRevision) = (Wire.Compare.Types.CompareTarget.Mod, c.Number);
                break;
            case KeyField.Value:
                (wire.Target, wire.Value) = (Wire.Compare.Types.CompareTarget.Value, Wrap(c.Value));
                break;
            case KeyField.Lease:
                (wire.Target, wire.Lease) = (Wire.Compare.Types.CompareTarget.Lease, c.Number);
                break;
            default:
                throw CoordinationErrors.Of(CoordinationError.InvalidArgument);
        }

        return wire;
    }

    private static Wire.RangeRequest.Types.SortTarget TargetOf(KeyField field) => field switch
    {
        KeyField.Key => Wire.RangeRequest.Types.SortTarget.Key,
        KeyField.Version => Wire.RangeRequest.Types.SortTarget.Version,
        KeyField.CreateRevision => Wire.RangeRequest.Types.SortTarget.Create,
        KeyField.ModRevision => Wire.RangeRequest.Types.SortTarget.Mod,
        KeyField.Value => Wire.RangeRequest.Types.SortTarget.Value,
        _ => throw CoordinationErrors.Of(CoordinationError.InvalidArgument),
    };

    private static ByteString Wrap(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(bytes);
}
