namespace Quorate.Services.Coordination.Values;

/// <summary>What a live version holds beside its revision.</summary>
/// <param name="Create">The revision that created the key.</param>
/// <param name="Number">How often the key was written since then.</param>
/// <param name="Lease">The lease that the key hangs on, or 0.</param>
/// <param name="Value">The value.</param>
internal readonly record struct VersionDetails(long Create, long Number, long Lease, ReadOnlyMemory<byte> Value);
