namespace Quorate.Services.Replication.Levels;

/// <summary>
/// The log or the snapshot of a group holds what this node does not understand. It stops instead of passing over it, for it would no longer be
/// like the others; its files stay as they are, and a release that understands them goes on with them.
/// </summary>
/// <param name="message">What is not understood, and which release is needed.</param>
public sealed class ReleaseTooOldException(string message) : IOException(message)
{
    /// <summary>The group's level is above what this node understands.</summary>
    /// <param name="level">The group's level.</param>
    /// <param name="understood">The highest level that this node understands.</param>
    public static ReleaseTooOldException OfLevel(int level, int understood) => new(
        $"the cluster is at level {level}, and this node understands no more than level {understood}: start it with a release that understands "
        + $"level {level} ({FeatureLevel.ReleaseOf(level)})"
        + (understood < FeatureLevel.Newest ? $", not held to level {understood}. " : ". ") + "Its data is not changed.");

    /// <summary>The log holds something of a kind that this release does not know.</summary>
    /// <param name="what">What it is, such as "a command".</param>
    /// <param name="kind">Its kind.</param>
    public static ReleaseTooOldException OfKind(string what, byte kind) => new(
        $"the cluster's log holds {what} of kind {kind}, which this release does not know: it understands no more than level "
        + $"{FeatureLevel.Newest}. Start the node with {FeatureLevel.ReleaseOf(FeatureLevel.Newest + 1)}. Its data is not changed.");
}
