using System.Globalization;
using System.Text;
using Quorate.Cli.Lab.Messaging;
using Quorate.Cli.Lab.Runs;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Services.Coordination;
using Quorate.Simulation;

namespace Quorate.Cli.Lab.SplitBrain;

/// <summary>The set on leaders by time-out, and on the shipped coordination service.</summary>
internal static class SetRuns
{
    private const int Nodes = 5;
    private const int Reader = 9;
    private static readonly byte[] First = "e/"u8.ToArray();
    private static readonly byte[] Last = "e0"u8.ToArray();

    /// <summary>Leaders by time-out, cut into three nodes and two, or not cut.</summary>
    public static SetRun OfTimeouts(
        string name, ulong seed, int acknowledgements, bool isCut, WorldTally worlds, bool isFilmed, out Film? film)
    {
        using var world = new World(seed, new WorldOptions { Record = WordsLabeler.Record(isFilmed, routine: "beat") });
        var names = Enumerable.Range(1, Nodes).Select(n => string.Create(CultureInfo.InvariantCulture, $"n{n}")).ToArray();
        var leaders = new TimeoutLeader?[Nodes];
        var clients = new SetClients(world, () => leaders.Count(l => l is { Leads: true }));
        world.AddInvariant(clients.Look);
        for (var i = 0; i < Nodes; i++)
        {
            var node = i;
            world.AddMachine(names[i], async (machine, stop) =>
            {
                var leader = leaders[node] = new TimeoutLeader(machine, names, acknowledgements);
                leader.Changed = (kind, text) => world.Record?.Note(machine.Name, kind, text);
                await leader.OpenAsync();
                if (node == 0)
                    _ = clients.ReadAsync(machine, Reader, leader.ReadAsync);
                await clients.WorkAsync(machine, node, () => node > Nodes / 2, leader.AddAsync);
            });
        }
        clients.Run(() => isCut ? (names[..(Nodes / 2 + 1)], names[(Nodes / 2 + 1)..]) : ([], []));
        worlds.Add(world);
        film = Film.Of(world, "The picture: two nodes are cut off; one of them hears no leader and leads too. Both leaders acknowledge adds. "
            + "When they meet, one gives up all that it holds: the adds that are lit up were acknowledged, and the last read lacks them.");
        film = film is null ? null : film with { History = clients.History.ToEvents(), Check = clients.Check() };
        return clients.ToRun(name);
    }

    /// <summary>The shipped coordination service, its leader and one more node cut off from the other three.</summary>
    public static SetRun OfRaft(string name, ulong seed, WorldTally worlds)
    {
        using var cluster = new SimulatedCluster(seed, new ClusterOptions { Machines = Nodes, Voters = Nodes });
        var clients = new SetClients(cluster.World, () => cluster.Nodes.Count(Leads));
        cluster.World.AddInvariant(clients.Look);
        var minor = Array.Empty<SimulatedNode>();
        for (var i = 0; i < Nodes; i++)
        {
            var (client, node) = (i, cluster.Nodes[i]);
            cluster.World.AddClient($"client-{i}", async (machine, stop) =>
            {
                var calls = new ClientCallsOf(node, machine.Clock);
                if (client == 0)
                    _ = clients.ReadAsync(machine, Reader, calls.ReadAsync);
                await clients.WorkAsync(machine, client, () => minor.Contains(node), calls.AddAsync);
            });
        }
        clients.Run(() =>
        {
            var leader = Math.Max(0, cluster.Nodes.FindIndex(Leads));
            minor = [cluster.Nodes[leader], cluster.Nodes[(leader + 1) % Nodes]];
            return ([.. cluster.Nodes.Except(minor).Select(n => n.Name)], [.. minor.Select(n => n.Name)]);
        });
        worlds.Add(cluster.World);
        return clients.ToRun(name);
    }

    private static bool Leads(SimulatedNode node) => node.Host?.Group(SimulatedNode.Group) is { IsLeader: true };

    // An element is a key; the set is all keys.
    private sealed class ClientCallsOf(SimulatedNode node, TimeProvider clock)
    {
        public async Task<bool> AddAsync(int element)
        {
            var key = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"e/{element}"));
            return await WithinAsync(s => s.PutAsync(new PutRequest(key, default))) is not null;
        }

        public async Task<IReadOnlyList<int>?> ReadAsync() => await WithinAsync(s => s.RangeAsync(new RangeRequest(First, Last))) is { } range
            ? [.. range.KeyValues.Select(kv => int.Parse(Encoding.UTF8.GetString(kv.Key.Span[First.Length..]), CultureInfo.InvariantCulture))]
            : null;

        private async Task<T?> WithinAsync<T>(Func<ICoordination, ValueTask<T>> call)
            where T : class
        {
            if (node.Service is not { } service)
                return null;
            using var done = new CancellationTokenSource();
            var answer = AnswerAsync(call(service));
            var isFirst = await Task.WhenAny(answer, Task.Delay(SetClients.Patience, clock, done.Token)) == answer;
            done.Cancel();
            return isFirst ? await answer : null;
        }

        // What ended badly may have happened: the client does not know.
        private static async Task<T?> AnswerAsync<T>(ValueTask<T> call)
            where T : class
        {
            try
            {
                return await call;
            }
            catch (Exception e) when (e is CoordinationException or OperationCanceledException)
            {
                return null;
            }
        }
    }
}
