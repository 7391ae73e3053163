using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Simulation.Faults;

namespace Quorate.Cli.Scenarios.Access;

/// <summary>
/// Users, roles and permissions come and go under every fault while their owners use them: nothing is done or seen from the place in the log on
/// at which the permission for it was gone.
/// </summary>
internal sealed class AuthChanges : IScenario
{
    private const int Lines = 2;
    private const int UsersOfLine = 3;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);

    public string Name => "auth-changes";

    public string Description => "users and roles come and go under all faults: nobody does or sees what was not permitted at its place";

    public SeedResult Run(RunInput seed) => SeedRun.Execute(Name, seed, new ClusterOptions(), cluster =>
    {
        var board = new AccessBoard();
        for (var line = 0; line < Lines; line++)
        {
            cluster.AddClient(new AccessAdmin(cluster, board, line).RunAsync);
            for (var i = 0; i < UsersOfLine; i++)
                cluster.AddClient(new AccessUser(cluster, board, line).RunAsync);
        }

        cluster.StartClients();
        cluster.RunUnder(FaultPlan.All, Time);
        if (board.Violation is { } violation)
            throw new ViolationException(violation);
        ReplicaCheck.Agree(cluster);
        cluster.Metrics.Add("access grants", board.Grants.Count);
        return null;
    });
}
