using Quorate.Services.Coordination.Serving;
using Quorate.Services.Coordination.Values;
using Quorate.Services.Replication;
using Quorate.Simulation;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>The cluster of a scenario.</summary>
internal sealed record ClusterOptions
{
    /// <summary>How many machines there are.</summary>
    public int Machines { get; init; } = 3;

    /// <summary>How many of them are voters at first; the others wait to be asked in.</summary>
    public int Voters { get; init; } = 3;

    /// <summary>How the world behaves before any fault.</summary>
    public WorldOptions World { get; init; } = new();

    /// <summary>Where the stores keep old values; null where everything stays in memory.</summary>
    public ValueStorageOptions? Values { get; init; }

    /// <summary>How often the leader compares the replicas; null for never, and then a node with damaged files does not start.</summary>
    public TimeSpan? HashCheckInterval { get; init; }

    /// <summary>
    /// The version of schedules from which on they hold all that the scenario does to the cluster. In a replay of an earlier one the scenario
    /// does it anew, as the seed says. Default 1.
    /// </summary>
    public int CompleteSince { get; init; } = 1;

    /// <summary>Changes the settings of the services.</summary>
    public Func<CoordinationOptions, CoordinationOptions> Serve { get; init; } = options => options;

    /// <summary>
    /// Changes the settings of the hosts by the version of the code that their machine runs. Default null: there is one version.
    /// </summary>
    public Func<ReplicaHostOptions, int, ReplicaHostOptions>? TuneVersion { get; init; }

    /// <summary>Changes the settings of the hosts.</summary>
    public Func<ReplicaHostOptions, ReplicaHostOptions> Tune { get; init; } = options => options;
}
