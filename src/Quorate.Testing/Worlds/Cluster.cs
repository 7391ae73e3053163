using Quorate.Simulation.Machines;

namespace Quorate.Testing.Worlds;

/// <summary>Machines that run the same code.</summary>
/// <param name="machines">The machines.</param>
public sealed class Cluster(IReadOnlyList<SimulatedMachine> machines)
{
    /// <summary>The machines, in the order of their numbers.</summary>
    public IReadOnlyList<SimulatedMachine> Machines => machines;

    /// <summary>Their names, which are their host names: <c>n1</c>, <c>n2</c> and so on.</summary>
    public IReadOnlyList<string> Names { get; } = [.. machines.Select(m => m.Name)];
}
