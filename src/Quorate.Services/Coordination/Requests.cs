namespace Quorate.Services.Coordination;

/// <summary>The order of a range's results.</summary>
public enum SortOrder
{
    /// <summary>By key.</summary>
    None,

    /// <summary>The smallest first.</summary>
    Ascend,

    /// <summary>The largest first.</summary>
    Descend,
}

/// <summary>What a range is sorted by, or what a comparison looks at.</summary>
public enum KeyField
{
    /// <summary>The key (for sorting only).</summary>
    Key,

    /// <summary>How often it was written since it was created.</summary>
    Version,

    /// <summary>The revision that created it.</summary>
    CreateRevision,

    /// <summary>The revision that last wrote it.</summary>
    ModRevision,

    /// <summary>The value.</summary>
    Value,

    /// <summary>The lease (for comparing only).</summary>
    Lease,
}

/// <summary>How a comparison compares the stored field with the given one.</summary>
public enum CompareResult
{
    /// <summary>Equal.</summary>
    Equal,

    /// <summary>The stored one is greater.</summary>
    Greater,

    /// <summary>The stored one is less.</summary>
    Less,

    /// <summary>Not equal.</summary>
    NotEqual,
}

/// <summary>One operation of a transaction.</summary>
public abstract record Operation;

/// <summary>
/// Reads a key, or with <paramref name="RangeEnd"/> the keys from <paramref name="Key"/> up to and without it; a range end of one zero
/// byte means
/// every key from the first on.
/// </summary>
public sealed record RangeRequest(
    ReadOnlyMemory<byte> Key,
    ReadOnlyMemory<byte> RangeEnd = default,
    long Limit = 0,
    long Revision = 0,
    SortOrder SortOrder = SortOrder.None,
    KeyField SortTarget = KeyField.Key,
    bool Serializable = false,
    bool KeysOnly = false,
    bool CountOnly = false,
    long MinModRevision = 0,
    long MaxModRevision = 0,
    long MinCreateRevision = 0,
    long MaxCreateRevision = 0) : Operation;

/// <summary>Writes a key.</summary>
public sealed record PutRequest(
    ReadOnlyMemory<byte> Key,
    ReadOnlyMemory<byte> Value,
    long Lease = 0,
    bool PreviousKeyValue = false,
    bool IgnoreValue = false,
    bool IgnoreLease = false) : Operation;

/// <summary>Deletes a key or a range of keys.</summary>
public sealed record DeleteRangeRequest(
    ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> RangeEnd = default, bool PreviousKeyValues = false) : Operation;

/// <summary>Compares, and then does one of two lists of operations. Transactions nest.</summary>
public sealed record TxnRequest(IReadOnlyList<Compare> Compare, IReadOnlyList<Operation> Success, IReadOnlyList<Operation> Failure) : Operation
{
    /// <summary>Whether it only reads, whichever way its comparisons come out.</summary>
    public bool OnlyReads() => Success.All(OnlyReads) && Failure.All(OnlyReads);

    private static bool OnlyReads(Operation operation) => operation is RangeRequest || (operation is TxnRequest inner && inner.OnlyReads());
}

/// <summary>
/// One comparison: with every key of the range, or with a missing key's zeros. <paramref name="Number"/> holds the version, revision or
/// lease,
/// <paramref name="Value"/> the value.
/// </summary>
public sealed record Compare(
    CompareResult Result, KeyField Target, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> RangeEnd, long Number, ReadOnlyMemory<byte> Value);

/// <summary>Starts a watch.</summary>
public sealed record WatchCreateRequest(
    ReadOnlyMemory<byte> Key,
    ReadOnlyMemory<byte> RangeEnd = default,
    long StartRevision = 0,
    bool ProgressNotify = false,
    bool NoPut = false,
    bool NoDelete = false,
    bool PreviousKeyValue = false,
    long WatchId = 0,
    bool Fragment = false);
