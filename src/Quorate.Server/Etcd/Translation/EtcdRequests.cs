using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Translation;

/// <summary>Turns etcd's requests into the service's. Byte strings are shared, not copied.</summary>
internal static class EtcdRequests
{
    /// <summary>A range.</summary>
    public static RangeRequest ToRequest(Wire.RangeRequest r) => new(
        r.Key.Memory,
        r.RangeEnd.Memory,
        r.Limit,
        r.Revision,
        ToOrder(r.SortOrder),
        ToTarget(r.SortTarget),
        r.Serializable,
        r.KeysOnly,
        r.CountOnly,
        r.MinModRevision,
        r.MaxModRevision,
        r.MinCreateRevision,
        r.MaxCreateRevision);

    /// <summary>A put.</summary>
    public static PutRequest ToRequest(Wire.PutRequest r) =>
        new(r.Key.Memory, r.Value.Memory, r.Lease, r.PrevKv, r.IgnoreValue, r.IgnoreLease);

    /// <summary>A delete.</summary>
    public static DeleteRangeRequest ToRequest(Wire.DeleteRangeRequest r) => new(r.Key.Memory, r.RangeEnd.Memory, r.PrevKv);

    /// <summary>A transaction.</summary>
    public static TxnRequest ToRequest(Wire.TxnRequest r) =>
        new([.. r.Compare.Select(ToCompare)], [.. r.Success.Select(ToOperation)], [.. r.Failure.Select(ToOperation)]);

    /// <summary>A watch. An empty key means the smallest one, as in etcd.</summary>
    public static WatchCreateRequest ToRequest(Wire.WatchCreateRequest r) => new(
        r.Key.IsEmpty ? SmallestKey : r.Key.Memory,
        r.RangeEnd.Memory,
        r.StartRevision,
        r.ProgressNotify,
        r.Filters.Contains(Wire.WatchCreateRequest.Types.FilterType.Noput),
        r.Filters.Contains(Wire.WatchCreateRequest.Types.FilterType.Nodelete),
        r.PrevKv,
        r.WatchId,
        r.Fragment);

    /// <summary>A kind of alarm.</summary>
    public static AlarmKind ToKind(Wire.AlarmType type) => type switch
    {
        Wire.AlarmType.None => AlarmKind.None,
        Wire.AlarmType.Nospace => AlarmKind.NoSpace,
        Wire.AlarmType.Corrupt => AlarmKind.Corrupt,
        _ => throw Invalid("alarm type"),
    };

    /// <summary>The error of a value that is not known.</summary>
    /// <param name="what">What it should be.</param>
    public static GrpcException Invalid(string what) => new(GrpcCode.InvalidArgument, $"etcdserver: invalid {what}");

    private static readonly byte[] SmallestKey = [0];

    private static Operation ToOperation(Wire.RequestOp op) => op.RequestCase switch
    {
        Wire.RequestOp.RequestOneofCase.RequestRange => ToRequest(op.RequestRange),
        Wire.RequestOp.RequestOneofCase.RequestPut => ToRequest(op.RequestPut),
        Wire.RequestOp.RequestOneofCase.RequestDeleteRange => ToRequest(op.RequestDeleteRange),
        Wire.RequestOp.RequestOneofCase.RequestTxn => ToRequest(op.RequestTxn),
        // etcd answers an operation of no kind with this error.
        _ => throw EtcdErrors.Of(CoordinationError.KeyNotFound),
    };

    private static Compare ToCompare(Wire.Compare c)
    {
        var target = c.Target switch
        {
            Wire.Compare.Types.CompareTarget.Version => KeyField.Version,
            Wire.Compare.Types.CompareTarget.Create => KeyField.CreateRevision,
            Wire.Compare.Types.CompareTarget.Mod => KeyField.ModRevision,
            Wire.Compare.Types.CompareTarget.Value => KeyField.Value,
            Wire.Compare.Types.CompareTarget.Lease => KeyField.Lease,
            _ => throw Invalid("compare target"),
        };
        return new Compare(ToResult(c.Result), target, c.Key.Memory, c.RangeEnd.Memory, NumberOf(c, target), c.Value.Memory);
    }

    // The number of another target than the one compared counts as 0, as etcd's accessors have it.
    private static long NumberOf(Wire.Compare c, KeyField target) => target switch
    {
        KeyField.Version => c.Version,
        KeyField.CreateRevision => c.CreateRevision,
        KeyField.ModRevision => c.ModRevision,
        KeyField.Lease => c.Lease,
        _ => 0,
    };

    private static CompareResult ToResult(Wire.Compare.Types.CompareResult result) => result switch
    {
        Wire.Compare.Types.CompareResult.Equal => CompareResult.Equal,
        Wire.Compare.Types.CompareResult.Greater => CompareResult.Greater,
        Wire.Compare.Types.CompareResult.Less => CompareResult.Less,
        Wire.Compare.Types.CompareResult.NotEqual => CompareResult.NotEqual,
        _ => throw Invalid("compare result"),
    };

    private static SortOrder ToOrder(Wire.RangeRequest.Types.SortOrder order) => order switch
    {
        Wire.RangeRequest.Types.SortOrder.None => SortOrder.None,
        Wire.RangeRequest.Types.SortOrder.Ascend => SortOrder.Ascend,
        Wire.RangeRequest.Types.SortOrder.Descend => SortOrder.Descend,
        _ => throw EtcdErrors.InvalidSort(),
    };

    private static KeyField ToTarget(Wire.RangeRequest.Types.SortTarget target) => target switch
    {
        Wire.RangeRequest.Types.SortTarget.Key => KeyField.Key,
        Wire.RangeRequest.Types.SortTarget.Version => KeyField.Version,
        Wire.RangeRequest.Types.SortTarget.Create => KeyField.CreateRevision,
        Wire.RangeRequest.Types.SortTarget.Mod => KeyField.ModRevision,
        Wire.RangeRequest.Types.SortTarget.Value => KeyField.Value,
        _ => throw EtcdErrors.InvalidSort(),
    };
}
