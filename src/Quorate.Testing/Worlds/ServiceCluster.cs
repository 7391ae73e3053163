using Quorate.Simulation.Machines;

namespace Quorate.Testing.Worlds;

/// <summary>Machines that each run one instance of a service, a new one at every boot.</summary>
/// <typeparam name="T">The service.</typeparam>
public sealed class ServiceCluster<T>
    where T : class
{
    private readonly List<SimulatedMachine> machines = [];
    private readonly List<T?> services = [];

    internal ServiceCluster()
    {
    }

    /// <summary>The machines, in the order of their numbers.</summary>
    public IReadOnlyList<SimulatedMachine> Machines => machines;

    /// <summary>Their names, which are their host names: <c>n1</c>, <c>n2</c> and so on.</summary>
    public IReadOnlyList<string> Names => [.. machines.Select(m => m.Name)];

    /// <summary>
    /// The instance that a machine runs now, or null where it is down: for checks from outside, and for clients that call it directly as
    /// if they were on the machine.
    /// </summary>
    /// <param name="index">The machine's place, from 0.</param>
    public T? this[int index] => machines[index].IsUp ? services[index] : null;

    internal int Reserve()
    {
        services.Add(null);
        return services.Count - 1;
    }

    internal void Add(SimulatedMachine machine) => machines.Add(machine);

    internal void Run(int index, T service) => services[index] = service;
}
