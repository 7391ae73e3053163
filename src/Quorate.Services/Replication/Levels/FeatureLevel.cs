namespace Quorate.Services.Replication.Levels;

/// <summary>
/// The levels of what members of a group say to each other and keep. A group has one, which is replicated state and never falls; what is newer is
/// neither written nor sent.
/// </summary>
/// <remarks>
/// Guarantee: a level includes all below it. A number is never given another meaning.
/// Cost: none. Fails when: a release is too old for its group: see <see cref="ReleaseTooOldException"/>.
/// Source: etcd v3.4, etcdserver/cluster_util.go (decideClusterVersion); CockroachDB's cluster version and its finalization.
/// </remarks>
public static class FeatureLevel
{
    /// <summary>What was there before levels were: no level is ever told, and no authentication.</summary>
    public const int First = 1;

    /// <summary>Users, roles and log-ins, commands that say who asked, and states that hold them.</summary>
    public const int Authentication = 2;

    /// <summary>The newest level that this release understands.</summary>
    public const int Newest = Authentication;

    /// <summary>The first release that understands a level, in words.</summary>
    /// <param name="level">The level.</param>
    public static string ReleaseOf(int level) => level switch
    {
        <= First => "any release",
        Authentication => "Quorate 0.1.0 or later",
        _ => "a later release than this one",
    };
}
