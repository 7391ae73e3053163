namespace Quorate.Services.Coordination.Store;

/// <summary>
/// A transaction whose comparisons were evaluated, its nested ones too: all of them see the store as it was before the first write.
/// </summary>
/// <remarks>Source: etcd v3.4, etcdserver/apply.go, Txn: compare all, check all, then write all.</remarks>
internal sealed class Transaction
{
    private readonly bool succeeded;
    private readonly IReadOnlyList<Operation> operations;
    private readonly Queue<Transaction> nested = new();

    /// <summary>Evaluates the comparisons.</summary>
    /// <param name="state">The store.</param>
    /// <param name="request">The request.</param>
    public Transaction(MvccState state, TxnRequest request)
    {
        succeeded = Comparer.All(state, request.Compare);
        operations = succeeded ? request.Success : request.Failure;
        foreach (var operation in operations)
        {
            if (operation is TxnRequest inner)
                nested.Enqueue(new Transaction(state, inner));
        }
    }

    /// <summary>Why the chosen operations cannot be done, or null: first the puts, then the reads.</summary>
    /// <param name="state">The store.</param>
    public CoordinationError? Check(MvccState state) => CheckPuts(state) ?? CheckReads(state);

    /// <summary>Does the chosen operations, once. They were checked.</summary>
    /// <param name="state">The store.</param>
    /// <param name="header">The header of the whole; those of the operations hold only a revision, those of nested transactions nothing.</param>
    public TxnResponse Do(MvccState state, ResponseHeader header)
    {
        var responses = new OperationResponse[operations.Count];
        for (var i = 0; i < responses.Length; i++)
        {
            responses[i] = operations[i] switch
            {
                PutRequest put => Operations.Do(state, put),
                DeleteRangeRequest delete => Operations.Do(state, delete),
                RangeRequest range => RangeReader.Read(state, range, default),
                _ => nested.Dequeue().Do(state, default),
            };
        }

        return new TxnResponse(header, succeeded, responses);
    }

    private CoordinationError? CheckPuts(MvccState state)
    {
        foreach (var inner in nested)
        {
            if (inner.CheckPuts(state) is { } error)
                return error;
        }

        foreach (var operation in operations)
        {
            if (operation is PutRequest put && Operations.Check(state, put, inTransaction: true) is { } error)
                return error;
        }

        return null;
    }

    private CoordinationError? CheckReads(MvccState state)
    {
        foreach (var inner in nested)
        {
            if (inner.CheckReads(state) is { } error)
                return error;
        }

        foreach (var operation in operations)
        {
            if (operation is RangeRequest range && RangeReader.Check(state, range.Revision) is { } error)
                return error;
        }

        return null;
    }
}
