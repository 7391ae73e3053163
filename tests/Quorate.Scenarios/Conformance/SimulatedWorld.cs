using Quorate.Kernel.Machines;
using Quorate.Simulation;

namespace Quorate.Scenarios.Conformance;

/// <summary>Simulated machines of one world without faults; its seed can be set, so that a failure replays.</summary>
internal sealed class SimulatedWorld : IConformanceWorld
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly World world;
    private readonly Dictionary<string, IMachine> machines = [];

    public SimulatedWorld(ulong seed = 1)
    {
        world = new World(seed, new WorldOptions { TraceKeptMax = 60 });
        foreach (var name in new[] { "a", "b" })
            world.AddMachine(name, BootAsync);
        world.Run(TimeSpan.Zero);
    }

    public IMachine Machine(string name) => machines[name];

    public NetworkAddress Address(string machine) => new(machine, 0);

    public Task RunAsync(Func<Task> body)
    {
        var test = Machine("a").CreateStrand("test").InvokeAsync(body);
        if (!world.RunUntil(() => test.IsCompleted, Patience))
            Assert.Fail($"The body takes longer than a minute of virtual time:\n{string.Join('\n', world.TraceLines())}");
        return test;
    }

    public ValueTask DisposeAsync()
    {
        world.Dispose();
        return default;
    }

    private Task BootAsync(IMachine machine, CancellationToken stop)
    {
        machines.Add(machine.Name, machine);
        return Task.CompletedTask;
    }
}
