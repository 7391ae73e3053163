namespace Quorate.Services.Coordination.Serving;

/// <summary>Refuses requests that etcd refuses before they are replicated, in the same order.</summary>
/// <remarks>Source: etcd v3.4, etcdserver/api/v3rpc/key.go.</remarks>
internal static class RequestCheck
{
    /// <summary>The longest time to live of a lease, in seconds.</summary>
    public const long LeaseTtlSecondsMax = 9_000_000_000;

    /// <summary>Checks a read.</summary>
    /// <param name="request">The request.</param>
    public static void Range(RangeRequest request)
    {
        Key(request.Key);
        if (request.SortOrder is < SortOrder.None or > SortOrder.Descend)
            throw Invalid($"sort order {(int)request.SortOrder}");
        if (request.SortTarget is < KeyField.Key or > KeyField.Value)
            throw Invalid($"sort target {(int)request.SortTarget}");
    }

    /// <summary>Checks a put.</summary>
    /// <param name="request">The request.</param>
    public static void Put(PutRequest request)
    {
        Key(request.Key);
        if (request.IgnoreValue && !request.Value.IsEmpty)
            throw CoordinationErrors.Of(CoordinationError.ValueProvided);
        if (request.IgnoreLease && request.Lease != 0)
            throw CoordinationErrors.Of(CoordinationError.LeaseProvided);
    }

    /// <summary>Checks a deletion.</summary>
    /// <param name="request">The request.</param>
    public static void DeleteRange(DeleteRangeRequest request) => Key(request.Key);

    /// <summary>Checks a kind of alarm.</summary>
    /// <param name="kind">The kind.</param>
    public static AlarmKind Known(AlarmKind kind) =>
        kind is >= 0 and < (AlarmKind)AlarmKinds.Count ? kind : throw Invalid($"alarm {(int)kind}");

    /// <summary>Checks the kind of an alarm that is raised: one of no kind means nothing. 3.4.23 ends with a panic.</summary>
    /// <param name="kind">The kind.</param>
    public static void Raisable(AlarmKind kind)
    {
        if (Known(kind) == AlarmKind.None)
            throw Invalid("an alarm of no kind");
    }

    /// <summary>Checks a transaction.</summary>
    /// <param name="request">The request.</param>
    /// <param name="operationsMax">The most comparisons or operations; nested transactions share what is left.</param>
    public static void Txn(TxnRequest request, int operationsMax)
    {
        Shape(request, operationsMax);
        WrittenKeys.Check(request.Success);
        WrittenKeys.Check(request.Failure);
    }

    /// <summary>Whether a transaction that only reads may see an old state.</summary>
    /// <param name="request">The transaction.</param>
    public static bool IsSerializable(TxnRequest request) => request.Success.All(IsSerializable) && request.Failure.All(IsSerializable);

    private static bool IsSerializable(Operation operation) =>
        operation is RangeRequest { Serializable: true } || (operation is TxnRequest inner && IsSerializable(inner));

    private static void Shape(TxnRequest request, int operationsMax)
    {
        var count = Math.Max(request.Compare.Count, Math.Max(request.Success.Count, request.Failure.Count));
        if (count > operationsMax)
            throw CoordinationErrors.Of(CoordinationError.TooManyOperations);
        foreach (var compare in request.Compare)
            Compare(compare);
        foreach (var operation in request.Success)
            Operation(operation, operationsMax - count);
        foreach (var operation in request.Failure)
            Operation(operation, operationsMax - count);
    }

    private static void Compare(Compare compare)
    {
        Key(compare.Key);
        if (compare.Target is <= KeyField.Key or > KeyField.Lease)
            throw Invalid($"compare target {(int)compare.Target}");
        if (compare.Result is < CompareResult.Equal or > CompareResult.NotEqual)
            throw Invalid($"compare result {(int)compare.Result}");
    }

    private static void Operation(Operation? operation, int operationsLeft)
    {
        switch (operation)
        {
            case RangeRequest range:
                Range(range);
                break;
            case PutRequest put:
                Put(put);
                break;
            case DeleteRangeRequest delete:
                DeleteRange(delete);
                break;
            case TxnRequest txn:
                Shape(txn, operationsLeft);
                break;
            default:
                // etcd's answer to an operation that is none.
                throw CoordinationErrors.Of(CoordinationError.KeyNotFound);
        }
    }

    private static void Key(ReadOnlyMemory<byte> key)
    {
        if (key.IsEmpty)
            throw CoordinationErrors.Of(CoordinationError.EmptyKey);
    }

    private static CoordinationException Invalid(string what) =>
        new(CoordinationError.InvalidArgument, $"{CoordinationErrors.TextOf(CoordinationError.InvalidArgument)}: {what}");
}
