namespace Quorate.Services.Coordination.Store;

/// <summary>How much space a write may take, before it is known what it will.</summary>
/// <remarks>Source: etcd v3.4, etcdserver/quota.go: the larger branch of a transaction counts.</remarks>
internal static class WriteCost
{
    /// <summary>The bytes of a lease.</summary>
    public const long LeaseBytes = 64;

    private const long KeyValueBytes = 256;

    /// <summary>The bytes of a put.</summary>
    /// <param name="put">The put.</param>
    public static long Of(PutRequest put) => KeyValueBytes + put.Key.Length + put.Value.Length;

    /// <summary>The bytes of a transaction; 0 where it puts nothing.</summary>
    /// <param name="request">The transaction.</param>
    public static long Of(TxnRequest request) => Math.Max(Of(request.Success), Of(request.Failure));

    /// <summary>Whether a transaction puts something, whichever way its comparisons come out.</summary>
    /// <param name="request">The transaction.</param>
    public static bool TakesSpace(TxnRequest request) => TakesSpace(request.Success) || TakesSpace(request.Failure);

    private static bool TakesSpace(IReadOnlyList<Operation> operations)
    {
        foreach (var operation in operations)
        {
            if (operation is PutRequest || (operation is TxnRequest inner && TakesSpace(inner)))
                return true;
        }

        return false;
    }

    private static long Of(IReadOnlyList<Operation> operations)
    {
        var bytes = 0L;
        foreach (var operation in operations)
            bytes += operation is PutRequest put ? Of(put) : operation is TxnRequest inner ? Of(inner) : 0;
        return bytes;
    }
}
