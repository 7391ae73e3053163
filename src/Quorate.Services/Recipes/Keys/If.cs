using Quorate.Services.Coordination;

namespace Quorate.Services.Recipes.Keys;

/// <summary>The comparisons that recipes make.</summary>
internal static class If
{
    /// <summary>A key was made at a revision; 0: it is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="revision">The revision.</param>
    public static Compare CreatedAt(ReadOnlyMemory<byte> key, long revision) =>
        new(CompareResult.Equal, KeyField.CreateRevision, key, default, revision, default);

    /// <summary>A key was last written at a revision; 0: it is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="revision">The revision.</param>
    public static Compare WrittenAt(ReadOnlyMemory<byte> key, long revision) =>
        new(CompareResult.Equal, KeyField.ModRevision, key, default, revision, default);

    /// <summary>A holder still holds.</summary>
    /// <param name="fence">The holder.</param>
    public static Compare Holds(Fence fence) => CreatedAt(fence.Key, fence.Token);
}
