using Quorate.Cli.Scenarios.Access;
using Quorate.Cli.Scenarios.Backups;
using Quorate.Cli.Scenarios.Discovery;
using Quorate.Cli.Scenarios.Recipes;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Upgrades;

namespace Quorate.Cli.Scenarios;

/// <summary>The scenarios by name.</summary>
internal static class ScenarioCatalog
{
    public static IReadOnlyList<IScenario> All { get; } =
        [
            new RaftKv(), new RaftWatch(), new RaftLease(), new RaftMembership(), new RaftLiveness(), new RaftRivals(), new RaftValues(),
            new RaftCalm(), new RaftLeaseReads(), new RaftDamage(), new RaftHistory(), new RaftCompaction(), new RaftRegroup(), new MemberSteps(),
            new ReplicaRot(), new BackupRestore(), new LockFencing(), new AuthChanges(), new RaftUpgrade(),
            new RecipeLocks(), new RecipeSharing(), new RecipeElections(), new RecipeBarriers(), new RecipeQueues(), new RecipeWatches(),
            new DiscoveryScenario(),
        ];

    public static IScenario? Named(string name) => All.FirstOrDefault(s => s.Name == name);
}
