using System.Globalization;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Upgrades;

/// <summary>
/// Tries at any node what only the newer level has: adds users, each name once. What was refused must not be there, what was done must.
/// </summary>
internal sealed class NewcomerUsers(SimulatedCluster cluster)
{
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(800);
    private readonly List<(string Name, CallEnd End)> tried = [];

    /// <summary>Works until the cluster ends.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        var calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf("users");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn)
        {
            calls.Random = turn.Random;
            await AddAsync(calls, string.Create(CultureInfo.InvariantCulture, $"user-{turn.Ordinal}"));
        }

        await CheckAsync(calls);
    }

    private async Task CheckAsync(ClientCalls calls)
    {
        while (true)
        {
            if (calls.AnyNode() is { Administration: { } administration } node
                && (await calls.CallAsync(node, _ => administration.UserListAsync())).Response is { } found)
            {
                Check([.. found.Names]);
                return;
            }

            await calls.ThinkAsync(ThinkMax);
        }
    }

    private void Check(HashSet<string> users)
    {
        foreach (var (name, end) in tried.Where(one => one.End != CallEnd.Unknown))
        {
            var isDone = end == CallEnd.Ok;
            if (users.Contains(name) != isDone)
                throw new ViolationException($"adding {name} was {(isDone ? "done, and it is not there" : "refused, and it is there")}");
        }
    }

    private async Task AddAsync(ClientCalls calls, string name)
    {
        var node = calls.AnyNode();
        if (node.Administration is not { } administration)
            return;
        var result = await calls.CallAsync(node, _ => administration.UserAddAsync(name, "", true));
        tried.Add((name, result.End));
        cluster.Metrics.Add(result.Code == CoordinationError.NotCapable ? "users refused" : $"users {result.End.ToString().ToLowerInvariant()}");
    }
}
