using Quorate.Kernel.Machines;
using Quorate.Services.Dns.Serving;
using Quorate.Simulation;
using Quorate.Simulation.Machines;

namespace Quorate.Tests.Services.Dns;

/// <summary>Servers and a client in the simulator.</summary>
internal sealed class DnsWorld : IDisposable
{
    public const int Port = 53;

    public World World { get; } = new(1);

    public Dictionary<string, DnsServer> Servers { get; } = [];

    public void Dispose() => World.Dispose();

    public SimulatedMachine Serve(string name, IDnsZone zone, Func<DnsServerOptions, DnsServerOptions>? tune = null)
    {
        var machine = World.AddMachine(name, async (machine, stop) =>
        {
            var options = new DnsServerOptions { Listen = new NetworkAddress(name, Port) };
            Servers[name] = await DnsServer.StartAsync(machine, tune is null ? options : tune(options), zone, stop);
            await new TaskCompletionSource().Task;
        });
        World.Run(TimeSpan.FromMilliseconds(10));
        return machine;
    }

    /// <summary>Runs a client to its end, and throws what it throws.</summary>
    public void Run(Func<IMachine, Task> client)
    {
        Exception? failure = null;
        var machine = World.AddClient($"client{World.Machines.Count}", async (machine, _) =>
        {
            try
            {
                await client(machine);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        Assert.True(World.RunUntil(() => machine.HasFinished, TimeSpan.FromMinutes(10)), "the client does not come to its end");
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }
}
