namespace Quorate.Checking.Transactions;

/// <summary>What a step of a transaction does.</summary>
internal enum MicroKind : byte
{
    /// <summary>It saw a version of a key.</summary>
    Read,

    /// <summary>It wrote a version of a key, or appended an element to it.</summary>
    Write,
}

/// <summary>A step of a transaction.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Key">The number of the key.</param>
/// <param name="Value">For a write the number of what was written; for a read where what was seen is, as its model says.</param>
internal readonly record struct MicroOperation(MicroKind Kind, int Key, int Value);
