namespace Quorate.Services.Coordination.Commands;

/// <summary>Which operation follows, in a transaction and in its reply. The numbers are part of the log's format.</summary>
internal enum OperationKind : byte
{
    /// <summary>A read.</summary>
    Range,

    /// <summary>A write.</summary>
    Put,

    /// <summary>A deletion.</summary>
    DeleteRange,

    /// <summary>A transaction within the transaction.</summary>
    Txn,
}

/// <summary>Names the kinds of operations.</summary>
internal static class OperationKinds
{
    /// <summary>How many kinds there are.</summary>
    public const int Count = 4;

    /// <summary>The kind of an operation.</summary>
    /// <param name="operation">The operation.</param>
    public static OperationKind Of(Operation operation) => operation switch
    {
        RangeRequest => OperationKind.Range,
        PutRequest => OperationKind.Put,
        DeleteRangeRequest => OperationKind.DeleteRange,
        TxnRequest => OperationKind.Txn,
        _ => throw new ArgumentException($"{operation.GetType().Name} is no operation of a transaction.", nameof(operation)),
    };
}
