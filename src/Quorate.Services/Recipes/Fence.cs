namespace Quorate.Services.Recipes;

/// <summary>The condition that a holder still holds: its key is there, and is the one that this holder made.</summary>
/// <param name="Key">The holder's key.</param>
/// <param name="Token">The revision that made it.</param>
public readonly record struct Fence(ReadOnlyMemory<byte> Key, long Token);
