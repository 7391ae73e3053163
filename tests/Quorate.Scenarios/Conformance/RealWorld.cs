using Quorate.Kernel.Machines;
using Quorate.Runtime.Machines;

namespace Quorate.Scenarios.Conformance;

/// <summary>Real machines of this process, on loopback and in temporary folders.</summary>
internal sealed class RealWorld : IConformanceWorld
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string root = Directory.CreateTempSubdirectory("quorate-conformance-").FullName;
    private readonly Dictionary<string, RealMachine> machines = [];

    public IMachine Machine(string name)
    {
        if (!machines.TryGetValue(name, out var machine))
            machines[name] = machine = new RealMachine(new RealMachineOptions { Name = name, DataFolder = Path.Combine(root, name) });
        return machine;
    }

    public NetworkAddress Address(string machine) => new("127.0.0.1", 0);

    public Task RunAsync(Func<Task> body) => Machine("a").CreateStrand("test").InvokeAsync(body).WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in machines.Values)
            await machine.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }
}
