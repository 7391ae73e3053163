using System.Globalization;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Cli.Lab.Messaging;
using Quorate.Cli.Lab.Runs;
using Quorate.Cli.Lab.Stores;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Clocks;

namespace Quorate.Cli.Lab.ClockSkew;

/// <summary>What a write is ordered by.</summary>
internal enum WriteOrder
{
    /// <summary>The wall clock of the node that takes it: the later time wins.</summary>
    WallClock,

    /// <summary>The same, and never less than what the node has seen: a hybrid logical clock.</summary>
    HybridClock,

    /// <summary>The revision that the shipped coordination service gives it, on Raft.</summary>
    Revision,
}

/// <summary>How many later writes were lost.</summary>
internal sealed record SkewResult(WriteOrder Order, double SkewMs, int Rounds, int Lost, CheckOutcome Verdict, bool IsConfirmed)
{
    /// <summary>Which part of them.</summary>
    public double LostPart => Numbers.Part(Lost, Rounds);
}

/// <summary>
/// Rounds of two writes to one key, the second begun after the first was acknowledged, and a read after both. The first is taken by a node
/// whose clock is ahead.
/// </summary>
internal sealed class SkewRun
{
    private const int Nodes = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan ReadAfter = TimeSpan.FromMilliseconds(220);
    private static readonly TimeSpan GapMin = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan GapMax = TimeSpan.FromMilliseconds(105);
    private readonly World world;
    private readonly Clients clients;
    private readonly WriteOrder order;
    private readonly bool[] acknowledged;
    private readonly bool[] later;
    private int lost;
    private int firstLost;

    private SkewRun(World world, WriteOrder order, int rounds)
    {
        (this.world, this.order, clients) = (world, order, new Clients(world));
        (acknowledged, later) = (new bool[rounds], new bool[rounds]);
    }

    /// <summary>
    /// Runs the store that orders by stamps, every node holding every write before it is acknowledged; explained is with a witness.
    /// </summary>
    public static SkewResult OfStamps(
        ulong seed, WriteOrder order, double skewMs, int rounds, WorldTally worlds, bool isExplained, bool isFilmed, out Film? film)
    {
        using var world = new World(seed, new WorldOptions { Record = WordsLabeler.Record(isFilmed) });
        var run = new SkewRun(world, order, rounds);
        var names = Enumerable.Range(1, Nodes).Select(n => string.Create(CultureInfo.InvariantCulture, $"n{n}")).ToArray();
        for (var i = 0; i < Nodes; i++)
        {
            var node = i;
            world.AddMachine(names[i], async (machine, stop) =>
            {
                var courier = await Courier.OpenAsync(machine);
                var others = names.Where(n => n != machine.Name).ToArray();
                var replica = new QuorumReplica(machine, courier, others, new Tuning(1, Nodes), Patience);
                _ = replica.ServeAsync();
                await run.WorkAsync(machine, node, new QuorumSite(replica), (key, value) => run.PutAsync(machine, replica, key, value));
            });
        }
        world.Machines[0].Clock.SetSkew(TimeSpan.FromMilliseconds(skewMs));
        return run.Judge(skewMs, worlds, isExplained, out film);
    }

    /// <summary>Runs the shipped service, with the clock of one node ahead.</summary>
    public static SkewResult OfRaft(ulong seed, double skewMs, int rounds, WorldTally worlds)
    {
        using var cluster = new SimulatedCluster(seed, new ClusterOptions { Machines = Nodes, Voters = Nodes });
        var run = new SkewRun(cluster.World, WriteOrder.Revision, rounds);
        cluster.World.Machines[0].Clock.SetSkew(TimeSpan.FromMilliseconds(skewMs));
        if (!cluster.World.RunUntil(() => cluster.Nodes.All(n => n.Host?.Group(SimulatedNode.Group) is { CommitIndex: > 0 }), Patience * 20))
            throw new TimeoutException("A cluster to which nothing happened commits nothing.");
        for (var i = 0; i < Nodes; i++)
        {
            var (client, node) = (i, cluster.Nodes[i]);
            cluster.World.AddClient($"client-{i}", (machine, _) =>
            {
                var site = new RaftSite(node, machine.Clock, Patience, readsLocally: false);
                return run.WorkAsync(machine, client, site, site.PutAsync);
            });
        }
        return run.Judge(skewMs, worlds, isExplained: false, out _);
    }

    private SkewResult Judge(double skewMs, WorldTally worlds, bool isExplained, out Film? film)
    {
        world.Run(Round * (later.Length + 1) + Patience);
        worlds.Add(world);
        film = null;
        if (!isExplained)
            return new SkewResult(order, skewMs, later.Count(l => l), lost, Checked.IsLinearizable(clients.History.ToHistory()), false);
        var check = Checked.Linearizable(clients.History.ToHistory(), out var isConfirmed);
        film = Film.Of(world, "The picture: the clock of n1 is ahead. Its write is acknowledged, then n2 writes and is acknowledged too, with an "
            + "earlier time; every node keeps the value of n1, and the read gives it.");
        film = film is null ? null : film with
        {
            History = clients.History.ToEvents(),
            Check = check,
            Focus = (Round * firstLost, Round * (firstLost + 1)),
        };
        return new SkewResult(order, skewMs, later.Count(l => l), lost, check.Outcome, isConfirmed);
    }

    private async Task WorkAsync(IMachine machine, int node, IStoreSite site, Func<string, string, Task<CallEnd>> put)
    {
        var begun = world.Now;
        for (var round = 0; round < later.Length; round++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"k{round}");
            await UntilAsync(machine, begun + Round * round);
            if (node == 0)
                acknowledged[round] = (await WriteAsync(0, key, "first", put)).IsOk;
            else if (node == 1)
            {
                await UntilAsync(machine, begun + Round * round + GapMin + (GapMax - GapMin) * machine.Random.NextDouble());
                while (!acknowledged[round])
                    await Task.Delay(TimeSpan.FromMilliseconds(1), machine.Clock);
                later[round] = (await WriteAsync(1, key, "second", put)).IsOk;
            }
            else
            {
                await UntilAsync(machine, begun + Round * round + ReadAfter);
                var end = await clients.DoAsync(2, "get", key, HistoryValue.Nil, () => site.GetAsync(key));
                if (!later[round] || !end.IsOk || end.Output!.AsText() == "second")
                    continue;
                firstLost = lost++ == 0 ? round : firstLost;
            }
        }
    }

    private Task<CallEnd> WriteAsync(int client, string key, string value, Func<string, string, Task<CallEnd>> put) =>
        clients.DoAsync(client, "put", key, HistoryValue.Of(value), () => put(key, value));

    private async Task<CallEnd> PutAsync(IMachine machine, QuorumReplica replica, string key, string value)
    {
        var wall = machine.Clock.GetUtcNow().Ticks - SimulatedClock.Epoch.Ticks;
        var number = order == WriteOrder.WallClock ? wall : Math.Max(wall, replica.NewestNumber + 1);
        var isDone = await replica.WriteAsync(key, new StampedValue(new Stamp(number, machine.Name), value));
        return new CallEnd(isDone ? HistoryEventType.Ok : HistoryEventType.Unknown);
    }

    private async Task UntilAsync(IMachine machine, TimeSpan when)
    {
        if (when > world.Now)
            await Task.Delay(when - world.Now, machine.Clock);
    }
}
