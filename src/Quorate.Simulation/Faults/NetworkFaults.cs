using Quorate.Simulation.Execution;
using Quorate.Simulation.Networks;

namespace Quorate.Simulation.Faults;

/// <summary>Begins faults of the network; each gives back what ends it, or null where it is not of this kind.</summary>
internal sealed class NetworkFaults(Engine engine, SimulatedNetwork network)
{
    private static readonly Action Nothing = static () => { };
    private static readonly TimeSpan Endless = TimeSpan.FromDays(365);

    public Action? Begin(FaultAction action) => action.Kind switch
    {
        FaultKind.Partition => CutAll(Across(action.Targets, action.Others).Concat(Across(action.Others, action.Targets))),
        FaultKind.OneWayPartition => CutAll(Across(action.Targets, action.Others)),
        FaultKind.PartialPartition => CutAll(BothWays(action.Targets.Zip(action.Others))),
        FaultKind.CutWays => CutAll(action.Targets.Zip(action.Others)),
        FaultKind.BridgedPartition => CutAll(BothWays(Across(action.Targets, action.Others))),
        FaultKind.MajorityRing => CutAll(BothWays(BeyondNeighbours(action.Targets))),
        FaultKind.Clog => ForPairs(action, p => network.Clog(p.A, p.B, Lasting(action)), p => network.Unclog(p.A, p.B)),
        FaultKind.Hold => Hold(action),
        FaultKind.SwizzleClog => Swizzle(action),
        FaultKind.Reset => ForPairs(action, p => network.ResetConnections(p.A, p.B), _ => { }),
        FaultKind.HalfOpen => ForPairs(action, p => network.HalfOpen(p.A, p.B), _ => { }),
        FaultKind.Loss => Rate(r => network.Loss = r, action),
        FaultKind.Duplication => Rate(r => network.Duplication = r, action),
        FaultKind.Reordering => Rate(r => network.Reordering = r, action),
        FaultKind.Corruption => Rate(r => network.Corruption = r, action),
        FaultKind.Bandwidth => ForWays(Across(action.Targets, Rest(action.Targets)), action.Amount, (a, b, x) => network.Limit(a, b, (long)x)),
        FaultKind.LatencySpike => ForWays(
            BothWays(Across(action.Targets, Rest(action.Targets))), action.Amount, (a, b, x) => network.Delay(a, b, TimeSpan.FromSeconds(x))),
        _ => null,
    };

    private static IEnumerable<(string A, string B)> Across(IEnumerable<string> side, IReadOnlyList<string> other) =>
        side.SelectMany(a => other.Select(b => (a, b)));

    private static IEnumerable<(string A, string B)> BothWays(IEnumerable<(string A, string B)> pairs) =>
        pairs.SelectMany(p => new[] { (p.A, p.B), (p.B, p.A) });

    // In a ring of n each keeps itself and the nearest half of the others: a majority, and another one than its neighbour's.
    private static IEnumerable<(string A, string B)> BeyondNeighbours(IReadOnlyList<string> ring)
    {
        var reach = (ring.Count / 2 + 1) / 2;
        for (var a = 0; a < ring.Count; a++)
        {
            for (var b = a + 1; b < ring.Count; b++)
            {
                if (Math.Min(b - a, ring.Count - b + a) > reach)
                    yield return (ring[a], ring[b]);
            }
        }
    }

    private static TimeSpan Lasting(FaultAction action) =>
        action.Duration > TimeSpan.Zero ? action.Duration : Endless;

    private List<string> Rest(IReadOnlyList<string> without) => network.Names.Where(n => !without.Contains(n)).ToList();

    private Action CutAll(IEnumerable<(string From, string To)> chosen)
    {
        var ways = chosen.ToList();
        foreach (var (from, to) in ways)
            network.Cut(from, to);
        return () =>
        {
            foreach (var (from, to) in ways)
                network.Mend(from, to);
        };
    }

    private static Action ForPairs(FaultAction action, Action<(string A, string B)> begin, Action<(string A, string B)> end)
    {
        var pairs = action.Targets.Zip(action.Others).ToList();
        pairs.ForEach(begin);
        return action.Duration > TimeSpan.Zero ? () => pairs.ForEach(end) : Nothing;
    }

    // The network is not told for how long, so that nothing depends on whether that was known from the start.
    private Action Hold(FaultAction action)
    {
        var ways = action.Targets.Zip(action.Others).ToList();
        ways.ForEach(w => network.Clog(w.First, w.Second, Endless));
        return () => ways.ForEach(w => network.Unclog(w.First, w.Second));
    }

    private static Action ForWays(IEnumerable<(string A, string B)> chosen, double amount, Action<string, string, double> set)
    {
        var ways = chosen.ToList();
        ways.ForEach(w => set(w.A, w.B, amount));
        return () => ways.ForEach(w => set(w.A, w.B, 0));
    }

    private static Action Rate(Action<double> set, FaultAction action)
    {
        set(action.Amount);
        return () => set(0);
    }

    /// <summary>Clogs machine by machine over the first half of the time, and unclogs them in another order over the second.</summary>
    private Action Swizzle(FaultAction action)
    {
        var count = action.Targets.Count;
        var fault = new SteppedFault(engine, action.Duration.Ticks / Math.Max(2 * count, 1), 2 * count, step =>
        {
            var name = step < count ? action.Targets[step] : action.Others[step - count];
            foreach (var (a, b) in BothWays(Rest([name]).Select(other => (name, other))))
            {
                if (step < count)
                    network.Clog(a, b, Lasting(action));
                else
                    network.Unclog(a, b);
            }
        });
        fault.Begin();
        return () =>
        {
            fault.Stop();
            foreach (var (a, b) in action.Targets.SelectMany(name => BothWays(Rest([name]).Select(other => (name, other)))))
                network.Unclog(a, b);
        };
    }
}
