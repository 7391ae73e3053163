using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Simulation.Faults;

namespace Quorate.Cli.Scenarios.Discovery;

/// <summary>Services that register and are found over DNS, under all faults; and then, in the calm after it, how long things take.</summary>
internal sealed class DiscoveryScenario : IScenario
{
    private const int Apps = 4;
    private const int Clients = 3;
    private static readonly string[] Services = ["orders", "bills"];
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    // The kernel drops datagrams whose checksum is wrong; the protocol itself has none.
    private static readonly FaultPlan Faults = FaultPlan.All with { Kinds = FaultPlan.All.Kinds & ~FaultKind.Corruption };

    public string Name => "discovery";

    public string Description => "registered services over DNS: nobody that is out is told as fresh, nothing is mixed; in the calm, bounds in time";

    public SeedResult Run(RunInput seed) => SeedRun.Execute(Name, seed, new ClusterOptions(), cluster =>
    {
        var board = new InstanceBoard(cluster);
        InstanceApp[] apps = [.. Enumerable.Range(0, Apps).Select(i => new InstanceApp(board, Services[i == 0 ? 1 : 0], i))];
        NameServer[] servers = [new NameServer(board, "dns1"), new NameServer(board, "dns2")];
        foreach (var app in apps)
            app.Begin();
        foreach (var server in servers)
            server.Begin();
        for (var i = 0; i < Clients; i++)
        {
            var client = new NameClient(board, [servers[i % 2].Address, servers[(i + 1) % 2].Address], Services[i % 2]);
            cluster.AddClient(machine => client.RunAsync(machine, Pause, () => cluster.IsEnding));
        }

        cluster.StartClients();
        cluster.RunUnder(Faults, Time);
        if (board.Violation is null)
            new CalmBounds(board, apps[1..], servers).Check();
        return board.Violation is { } violation ? throw violation : null;
    });
}
