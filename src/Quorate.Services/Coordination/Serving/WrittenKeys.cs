using Quorate.Services.Coordination.Keys;

namespace Quorate.Services.Coordination.Serving;

/// <summary>The keys that a list of operations puts and the ranges that it deletes, nested transactions included. A key may be written
/// only once.</summary>
/// <remarks>
/// Source: etcd v3.4, etcdserver/api/v3rpc/key.go, checkIntervals: the two lists of one nested transaction exclude each other, so both may
/// put a key;
/// puts of a nested transaction are held against the deletions of its parent and of the nested ones before it.
/// </remarks>
internal sealed class WrittenKeys
{
    private readonly SortedSet<ReadOnlyMemory<byte>> puts = new(ByOrder.Instance);
    private readonly List<KeyRange> deletions = [];
    private readonly SortedSet<ReadOnlyMemory<byte>> deletedKeys = new(ByOrder.Instance);
    private readonly RangeTreap<object> deletedRanges = new();

    private WrittenKeys()
    {
    }

    /// <summary>Refuses a list that writes a key twice.</summary>
    /// <param name="operations">The list.</param>
    /// <exception cref="CoordinationException">It does.</exception>
    public static void Check(IReadOnlyList<Operation> operations) => Of(operations);

    private static WrittenKeys Of(IReadOnlyList<Operation> operations)
    {
        var written = new WrittenKeys();
        foreach (var delete in operations.OfType<DeleteRangeRequest>())
            written.AddDeletion(KeyRange.Of(delete.Key, delete.RangeEnd));
        foreach (var inner in operations.OfType<TxnRequest>())
            written.AddNested(Of(inner.Success), Of(inner.Failure));
        foreach (var put in operations.OfType<PutRequest>())
            written.AddPut(put.Key);
        return written;
    }

    private void AddNested(WrittenKeys success, WrittenKeys failure)
    {
        foreach (var key in success.puts)
            AddPut(key);
        foreach (var key in failure.puts)
        {
            if (!success.puts.Contains(key))
                AddPut(key);
        }

        success.deletions.ForEach(AddDeletion);
        failure.deletions.ForEach(AddDeletion);
    }

    private void AddDeletion(KeyRange range)
    {
        if (range.IsEmpty)
            return;
        deletions.Add(range);
        if (range.IsOne)
            deletedKeys.Add(range.Start);
        else
            deletedRanges.GetOrAdd(range);
    }

    private void AddPut(ReadOnlyMemory<byte> key)
    {
        if (!puts.Add(key) || deletedKeys.Contains(key) || deletedRanges.Holds(key.Span))
            throw CoordinationErrors.Of(CoordinationError.DuplicateKey);
    }

    private sealed class ByOrder : IComparer<ReadOnlyMemory<byte>>
    {
        public static readonly ByOrder Instance = new();

        public int Compare(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceCompareTo(y.Span);
    }
}
