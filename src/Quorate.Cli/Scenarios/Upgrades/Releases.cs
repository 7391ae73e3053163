using Quorate.Services.Replication;
using Quorate.Services.Replication.Levels;

namespace Quorate.Cli.Scenarios.Upgrades;

/// <summary>The releases of the code that machines run, as versions of a simulated machine.</summary>
internal static class Releases
{
    /// <summary>The one before levels were.</summary>
    public const int Old = 1;

    /// <summary>This one.</summary>
    public const int New = 2;

    /// <summary>The settings of a host of a release.</summary>
    /// <param name="options">The settings of both.</param>
    /// <param name="version">The release.</param>
    public static ReplicaHostOptions Tune(ReplicaHostOptions options, int version) => options with
    {
        FirstLevel = FeatureLevel.First,
        LevelMax = version == Old ? FeatureLevel.First : FeatureLevel.Newest,
    };
}
