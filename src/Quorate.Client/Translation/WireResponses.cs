using Quorate.Services.Coordination;

namespace Quorate.Client.Translation;

/// <summary>Turns etcd's responses into the service's. Byte strings are shared, not copied.</summary>
internal static class WireResponses
{
    /// <summary>A header; parts of a transaction's answer may have none.</summary>
    public static ResponseHeader From(Wire.ResponseHeader? h) => h is null ? default : new(h.ClusterId, h.MemberId, h.Revision, h.RaftTerm);

    /// <summary>A range.</summary>
    public static RangeResponse From(Wire.RangeResponse r) => new(From(r.Header), [.. r.Kvs.Select(From)], r.More, r.Count);

    /// <summary>A transaction.</summary>
    public static TxnResponse From(Wire.TxnResponse r) => new(From(r.Header), r.Succeeded, [.. r.Responses.Select(From)]);

    /// <summary>A granted lease.</summary>
    public static LeaseGrantResponse From(Wire.LeaseGrantResponse r) => new(From(r.Header), r.ID, r.TTL);

    /// <summary>A renewed lease.</summary>
    public static LeaseKeepAliveResponse From(Wire.LeaseKeepAliveResponse r) => new(From(r.Header), r.ID, r.TTL);

    /// <summary>An event.</summary>
    public static WatchEvent From(Wire.Event e) =>
        new(e.Type == Wire.Event.Types.EventType.Delete, From(e.Kv), e.PrevKv is { } previous ? From(previous) : null);

    private static KeyValue From(Wire.KeyValue kv) =>
        new(kv.Key.Memory, kv.CreateRevision, kv.ModRevision, kv.Version, kv.Value.Memory, kv.Lease);

    private static OperationResponse From(Wire.ResponseOp op) => op.ResponseCase switch
    {
        Wire.ResponseOp.ResponseOneofCase.ResponseRange => From(op.ResponseRange),
        Wire.ResponseOp.ResponseOneofCase.ResponsePut =>
            new PutResponse(From(op.ResponsePut.Header), op.ResponsePut.PrevKv is { } previous ? From(previous) : null),
        Wire.ResponseOp.ResponseOneofCase.ResponseDeleteRange => new DeleteRangeResponse(
            From(op.ResponseDeleteRange.Header), op.ResponseDeleteRange.Deleted, [.. op.ResponseDeleteRange.PrevKvs.Select(From)]),
        Wire.ResponseOp.ResponseOneofCase.ResponseTxn => From(op.ResponseTxn),
        _ => throw new CoordinationException(CoordinationError.Internal, "The answer of a transaction has a part of no kind."),
    };
}
