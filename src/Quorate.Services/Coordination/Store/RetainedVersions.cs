using Quorate.Services.Coordination.Keys;

namespace Quorate.Services.Coordination.Store;

/// <summary>Which versions of a key can be seen by reads and watches from a compacted revision up to another one.</summary>
/// <param name="First">The place of the first one.</param>
/// <param name="End">The place behind the last one.</param>
internal readonly record struct RetainedVersions(int First, int End)
{
    /// <summary>The versions of a key.</summary>
    /// <param name="node">The key.</param>
    /// <param name="compactRevision">The compacted revision.</param>
    /// <param name="revision">The last revision that is of interest.</param>
    public static RetainedVersions Of(KeyNode node, long compactRevision, long revision)
    {
        var first = Math.Max(node.PlaceAt(compactRevision), 0);
        var end = node.PlaceAt(revision) + 1;
        // A deletion before the compacted revision is as if the key had never been.
        if (first < end && !node[first].IsLive && node[first].Main < compactRevision)
            first++;
        return new RetainedVersions(first, end);
    }
}
