using Quorate.Simulation.Machines;
using Quorate.Simulation.Networks;
using Quorate.Simulation.Randomness;

namespace Quorate.Simulation.Faults;

/// <summary>Begins faults of the network; each gives back what ends it, or null where it is not of this kind or ends by itself.</summary>
internal sealed class NetworkFaults(SimulatedNetwork network, IReadOnlyList<SimulatedMachine> machines, SeededRandom random)
{
    private static readonly Action Nothing = static () => { };

    public Action? Begin(FaultKind kind, TimeSpan duration)
    {
        if (machines.Count < 2)
            return null;
        return kind switch
        {
            FaultKind.Partition => CutAll(Split(isTwoWay: true)),
            FaultKind.OneWayPartition => CutAll(Split(isTwoWay: false)),
            FaultKind.PartialPartition => CutAll(SomePairs()),
            FaultKind.Clog => Clog(duration),
            FaultKind.Reset => Reset(),
            FaultKind.Loss => Rate(r => network.Loss = r, 0.3),
            FaultKind.Duplication => Rate(r => network.Duplication = r, 0.5),
            FaultKind.Reordering => Rate(r => network.Reordering = r, 0.5),
            _ => null,
        };
    }

    private Action CutAll(List<(string From, string To)> ways)
    {
        foreach (var (from, to) in ways)
            network.Cut(from, to);
        return () =>
        {
            foreach (var (from, to) in ways)
                network.Mend(from, to);
        };
    }

    private List<(string From, string To)> Split(bool isTwoWay)
    {
        // One machine alone is the most telling split of a small cluster; half of the time it is drawn.
        var alone = random.Chance(0.5) ? random.Next(machines.Count) : -1;
        var side = machines.Select((_, i) => alone < 0 ? random.Chance(0.5) : i == alone).ToArray();
        var flips = random.Chance(0.5);
        var ways = new List<(string, string)>();
        for (var a = 0; a < machines.Count; a++)
        {
            for (var b = 0; b < machines.Count; b++)
            {
                if (side[a] != side[b] && (isTwoWay || side[a] == flips))
                    ways.Add((machines[a].Name, machines[b].Name));
            }
        }
        return ways;
    }

    private List<(string From, string To)> SomePairs()
    {
        var ways = new List<(string, string)>();
        for (var a = 0; a < machines.Count; a++)
        {
            for (var b = a + 1; b < machines.Count; b++)
            {
                if (!random.Chance(0.4))
                    continue;
                ways.Add((machines[a].Name, machines[b].Name));
                ways.Add((machines[b].Name, machines[a].Name));
            }
        }
        return ways;
    }

    private Action Clog(TimeSpan duration)
    {
        var (a, b) = Pair();
        network.Clog(a, b, duration);
        return () => network.Unclog(a, b);
    }

    private Action Reset()
    {
        var (a, b) = Pair();
        network.ResetConnections(a, b);
        return Nothing;
    }

    private Action Rate(Action<double> set, double max)
    {
        set(random.NextDouble() * max);
        return () => set(0);
    }

    private (string A, string B) Pair()
    {
        var a = random.Next(machines.Count);
        var b = (a + 1 + random.Next(machines.Count - 1)) % machines.Count;
        return (machines[a].Name, machines[b].Name);
    }
}
