namespace Quorate.Services.Coordination.Keys;

/// <summary>One version of a key. A version without a value says that the key was deleted.</summary>
/// <param name="Main">The revision of the transaction that wrote it.</param>
/// <param name="Sub">Its place among the writes of that transaction.</param>
/// <param name="Create">The revision that created the key; 0 for a deletion.</param>
/// <param name="Number">How often the key was written since then; 0 for a deletion.</param>
/// <param name="Lease">The lease that the key hangs on, or 0.</param>
/// <param name="Value">The value; null for a deletion.</param>
internal readonly record struct KeyVersion(long Main, int Sub, long Create, long Number, long Lease, byte[]? Value)
{
    /// <summary>Whether the key is there in this version.</summary>
    public bool IsLive => Value is not null;

    /// <summary>The version as the interface shows it.</summary>
    /// <param name="key">The key.</param>
    public KeyValue ToKeyValue(byte[] key) => new(key, Create, Main, Number, Value, Lease);
}
