using Quorate.Cli.Scenarios.Recipes;
using Quorate.Kernel.Machines;
using Quorate.Services.Discovery.Catalogs;
using Quorate.Services.Discovery.Zones;
using Quorate.Services.Dns.Serving;
using Quorate.Services.Dns.Wire;
using Quorate.Simulation.Machines;

namespace Quorate.Cli.Scenarios.Discovery;

/// <summary>A DNS server of the registry, on a machine of its own, whose every answer is looked at.</summary>
/// <param name="board">What is true.</param>
/// <param name="name">The machine's name.</param>
internal sealed class NameServer(InstanceBoard board, string name)
{
    private const int Port = 53;

    /// <summary>Its machine.</summary>
    public SimulatedMachine Node { get; private set; } = null!;

    /// <summary>Where it answers.</summary>
    public NetworkAddress Address => new(name, Port);

    /// <summary>Adds its machine to the world.</summary>
    public void Begin() => Node = board.Cluster.World.AddMachine(name, RunAsync);

    private async Task RunAsync(IMachine machine, CancellationToken stop)
    {
        await using var catalog = ServiceCatalog.Start(machine, new RemoteProvider(board.Cluster, machine), InstanceBoard.Catalog);
        var zone = new WatchedZone(board, name, new DiscoveryZone(machine, catalog));
        await using var server = await DnsServer.StartAsync(machine, new DnsServerOptions { Listen = Address }, zone, stop);
        var stopped = new TaskCompletionSource();
        using var registration = stop.Register(() => stopped.TrySetResult());
        await stopped.Task;
    }

    private sealed class WatchedZone(InstanceBoard board, string server, IDnsZone zone) : IDnsZone
    {
        public DomainName Apex => zone.Apex;

        public DnsRecord Start => zone.Start;

        public ZoneAnswer Answer(DomainName name, RecordType type)
        {
            var answer = zone.Answer(name, type);
            if (type != RecordType.SRV)
                return answer;
            board.Cluster.Metrics.Add(answer.IsLost ? "answers lost" : answer.IsStale ? "answers stale" : "answers fresh");
            var service = name.LowerLabel(0);
            foreach (var record in answer.Records)
            {
                if (Incarnation.Of(service, record, answer.Additionals) is not { } told)
                    board.Report($"{server} tells of {service} what is of no instance of it: {record}");
                else if (!answer.IsStale)
                    board.ToldAsFresh(server, told);
            }

            return answer;
        }
    }
}
