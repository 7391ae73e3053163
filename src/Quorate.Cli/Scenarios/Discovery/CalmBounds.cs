using Quorate.Cli.Scenarios.Violations;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Discovery;

/// <summary>
/// In a healed cluster: a dead instance is out in its session's time and a little, one whose check fails within a second, those that are
/// well are told in every answer meanwhile, and a client finds the other server.
/// </summary>
/// <param name="board">What is true.</param>
/// <param name="apps">The instances of one service.</param>
/// <param name="servers">The servers.</param>
internal sealed class CalmBounds(InstanceBoard board, InstanceApp[] apps, NameServer[] servers)
{
    private const string Service = "orders";
    private static readonly TimeSpan SettleMax = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(8);

    // The leader looks for ended leases each 500 ms here; a write, a watch and a look of the client take the rest.
    private static readonly TimeSpan DeadMax = InstanceApp.SessionTtl + TimeSpan.FromSeconds(1.5);

    // A look at the check each 500 ms, a write, a watch, a look of the client.
    private static readonly TimeSpan HealthMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BackMax = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);
    private readonly SeededRandom random = SeededRandom.For(board.Cluster.World.Seed, "calm");
    private readonly List<NameClient> probes = [];

    /// <summary>Runs the world through one round of each.</summary>
    /// <exception cref="ViolationException">A bound does not hold.</exception>
    public void Check()
    {
        var both = new NameClient(board, [.. servers.Select(s => s.Address)], Service);
        probes.AddRange(servers.Select(s => new NameClient(board, [s.Address], Service)));
        board.Cluster.World.AddClient("probe", (machine, _) => Task.WhenAll(
            probes.Append(both).Select(p => p.RunAsync(machine, Pause, static () => false))));
        Await("all instances are told by all servers", SettleMax, [], () => TellAll(Everybody()));
        // A renewal that was sent before the calm may still be late, and its session lost for it.
        board.Cluster.World.Run(Settling);
        Await("all instances are told by all servers again", SettleMax, [], () => TellAll(Everybody()));
        CheckDeath(apps[random.Next(apps.Length)]);
        CheckHealth(apps[random.Next(apps.Length)]);
        CheckServer(servers[random.Next(servers.Length)], both);
    }

    private void CheckDeath(InstanceApp app)
    {
        var others = Everybody().Where(i => i != app.Now).ToArray();
        app.Node.Crash();
        Await($"{app.Now}, which died, is told no more", DeadMax, others, () => TellAll(others));
        app.Node.Start();
        Await($"{app.Now}, which came back, is told", BackMax, others, () => TellAll(Everybody()));
    }

    private void CheckHealth(InstanceApp app)
    {
        var others = Everybody().Where(i => i != app.Now).ToArray();
        app.IsWell = false;
        Await($"{app.Now}, whose check fails, is told no more", HealthMax, others, () => TellAll(others));
        app.IsWell = true;
        Await($"{app.Now}, whose check passes again, is told", HealthMax, others, () => TellAll(Everybody()));
    }

    private void CheckServer(NameServer server, NameClient client)
    {
        server.Node.Crash();
        var crashedAt = board.Cluster.World.Now;
        for (var i = 0; i < 20; i++)
        {
            board.Cluster.World.Run(TimeSpan.FromMilliseconds(100));
            var silence = board.Cluster.World.Now - client.AnsweredAt;
            if (silence > NameClient.ServerTimeout + TimeSpan.FromMilliseconds(200))
                throw new ViolationException($"{silence} without an answer, though one of two servers runs; the other crashed at {crashedAt}");
        }

        server.Node.Start();
        Await($"{server.Address} tells all instances again", BackMax, [], () => TellAll(Everybody()));
    }

    private Incarnation[] Everybody() => [.. apps.Select(a => a.Now)];

    private bool TellAll(Incarnation[] instances) =>
        probes.All(p => !p.Last.IsStale && p.Last.Instances.Count == instances.Length && instances.All(p.Last.Instances.Contains));

    /// <summary>Runs until something holds, while some instances are told in every answer.</summary>
    private void Await(string what, TimeSpan within, Incarnation[] always, Func<bool> holds)
    {
        var world = board.Cluster.World;
        var begun = world.Now;
        Incarnation? missing = null;
        var isDone = world.RunUntil(() => (missing = Missing(begun, always)) is not null || board.Violation is not null || holds(), within);
        if (board.Violation is { } violation)
            throw violation;
        if (missing is not null)
            throw new ViolationException($"at {world.Now} {missing}, which is well, is not told, while waiting until {what}");
        if (!isDone)
            throw new ViolationException(
                $"not within {within.TotalSeconds} s since {begun}: {what}; told are {string.Join("; ", probes.Select(Shown))}");
        board.Cluster.Metrics.Add("bounds held");
    }

    private Incarnation? Missing(TimeSpan since, Incarnation[] always)
    {
        foreach (var probe in probes)
            if (probe.Last.AskedAt > since)
                foreach (var instance in always)
                    if (!probe.Last.Instances.Contains(instance))
                        return instance;
        return null;
    }

    private static string Shown(NameClient probe) =>
        $"{probe.Servers[0]}: {string.Join(' ', probe.Last.Instances)}{(probe.Last.IsStale ? " (stale)" : "")}";
}
