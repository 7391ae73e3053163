using Quorate.Simulation.Machines;
using Quorate.Simulation.Networks;
using Quorate.Simulation.Randomness;

namespace Quorate.Simulation.Faults;

/// <summary>Takes a drawn minority of the servers away, by crash, pause or partition, so that the rest must do without it.</summary>
internal static class Core
{
    /// <summary>Takes the minority away, and gives back the rest.</summary>
    public static IReadOnlyList<SimulatedMachine> Keep(
        IReadOnlyList<SimulatedMachine> machines, SimulatedNetwork network, SeededRandom random)
    {
        var servers = machines.Where(m => !m.IsClient).ToArray();
        random.Shuffle(servers);
        // What is down for good counts as lost already.
        var lost = servers.Where(m => !m.IsUp).ToList();
        var count = Math.Max(random.Next((servers.Length + 1) / 2), lost.Count);
        foreach (var machine in servers.Except(lost).Take(count - lost.Count).ToList())
        {
            lost.Add(machine);
            Lose(machine, machines, network, random);
        }
        return [.. machines.Where(m => !m.IsClient && !lost.Contains(m))];
    }

    private static void Lose(
        SimulatedMachine machine, IReadOnlyList<SimulatedMachine> machines, SimulatedNetwork network, SeededRandom random)
    {
        switch (random.Next(4))
        {
            case 0:
                machine.Crash();
                break;
            case 1:
                machine.Pause();
                break;
            case var way:
                foreach (var other in machines.Where(m => m != machine))
                {
                    network.Cut(other.Name, machine.Name);
                    if (way == 2)
                        network.Cut(machine.Name, other.Name);
                }
                break;
        }
    }
}
