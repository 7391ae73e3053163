using Quorate.Simulation.Machines;
using Quorate.Simulation.Networks;
using Quorate.Simulation.Randomness;

namespace Quorate.Simulation.Faults;

/// <summary>Draws what a fault of a kind hits and how hard; null where the world offers nothing to hit.</summary>
internal sealed class FaultDraws(SimulatedNetwork network, IReadOnlyList<SimulatedMachine> all, FaultPlan plan, SeededRandom random)
{
    public FaultAction? Draw(FaultKind kind, TimeSpan now, TimeSpan duration)
    {
        var action = new FaultAction(kind, now, duration);
        return kind switch
        {
            FaultKind.Crash => Crash(action),
            FaultKind.ClockJump => random.Chance(0.5) ? One(action, Jump()) : One(action, Jump()) with { Duration = TimeSpan.Zero },
            FaultKind.ClockSkew or FaultKind.ClockStrobe => One(action, Jump()),
            FaultKind.ClockDrift => One(action, 1 + (random.NextDouble() * 2 - 1) * plan.ClockDriftMax),
            FaultKind.SlowDisk => One(action, 1 + random.NextDouble() * 200),
            FaultKind.FullDisk => One(action, random.Next(64 * 1024)),
            FaultKind.DiskErrors or FaultKind.ReadErrors or FaultKind.WriteErrors => One(action, random.NextDouble() * 0.2),
            FaultKind.FailedSyncs => One(action, random.NextDouble() * 0.3),
            FaultKind.MisdirectedWrites => One(action, random.NextDouble() * 0.05),
            FaultKind.BitRot => One(action, random.NextDouble()),
            FaultKind.CrashLoop => One(action, 0.02 + random.NextDouble()),
            FaultKind.Upgrade => Upgrade(action),
            FaultKind.Byzantine => Traitor(action),
            FaultKind.Pause or FaultKind.CleanStop or FaultKind.LostNames => One(action, 0),
            _ => all.Count < 2 ? null : DrawOfNetwork(action),
        } is { Targets: var targets } drawn && (targets.Count > 0 || IsOfAll(kind)) ? drawn : null;
    }

    private static bool IsOfAll(FaultKind kind) =>
        kind is FaultKind.Loss or FaultKind.Duplication or FaultKind.Reordering or FaultKind.Corruption;

    private FaultAction DrawOfNetwork(FaultAction action) => action.Kind switch
    {
        FaultKind.Partition => Split(action, isTwoWay: true),
        FaultKind.OneWayPartition => Split(action, isTwoWay: false),
        FaultKind.PartialPartition => SomePairs(action),
        FaultKind.BridgedPartition => Bridge(action),
        FaultKind.MajorityRing => action with { Targets = Shuffled(Servers()) },
        FaultKind.SwizzleClog => Swizzle(action),
        FaultKind.Clog => Pair(action),
        FaultKind.Reset or FaultKind.HalfOpen => Pair(action with { Duration = TimeSpan.Zero }),
        FaultKind.Loss => action with { Amount = random.NextDouble() * 0.3 },
        FaultKind.Corruption => action with { Amount = random.NextDouble() * 0.1 },
        FaultKind.Bandwidth => One(action, Math.Round(Math.Pow(10, 4 + random.NextDouble() * 3))),
        FaultKind.LatencySpike => One(action, plan.LatencySpikeMax.TotalSeconds * random.NextDouble()),
        _ => action with { Amount = random.NextDouble() * 0.5 },
    };

    private List<SimulatedMachine> Servers() => all.Where(m => !m.IsClient).ToList();

    private FaultAction One(FaultAction action, double amount)
    {
        var servers = Servers();
        return servers.Count == 0 ? action : action with { Targets = [servers[random.Next(servers.Count)].Name], Amount = amount };
    }

    private FaultAction Crash(FaultAction action)
    {
        // Mostly one; sometimes any number, up to all at once.
        var servers = Servers();
        var count = servers.Count == 0 || random.Chance(0.7) ? 1 : 1 + random.Next(servers.Count);
        var up = servers.Where(m => m.IsUp && !m.IsPaused).ToList();
        return action with { Targets = [.. Shuffled(up).Take(count)] };
    }

    /// <summary>One version up for a machine of the lowest version, as in a rolling upgrade; sometimes back.</summary>
    private FaultAction Upgrade(FaultAction action)
    {
        var servers = Servers();
        if (servers.Count == 0 || plan.VersionMax < 2)
            return action;
        var goesBack = random.Chance(0.2);
        var version = goesBack ? servers.Max(m => m.Version) : servers.Min(m => m.Version);
        var choice = servers.Where(m => m.Version == version).ToList();
        var next = Math.Clamp(goesBack ? version - 1 : version + 1, 1, plan.VersionMax);
        return next == version ? action : action with { Targets = [choice[random.Next(choice.Count)].Name], Amount = next };
    }

    private FaultAction Traitor(FaultAction action)
    {
        var able = Servers().Where(m => network.CanTurn(m.Name)).ToList();
        return able.Count == 0 ? action : action with { Targets = [able[random.Next(able.Count)].Name] };
    }

    private FaultAction Split(FaultAction action, bool isTwoWay)
    {
        // One machine alone is the most telling split of a small cluster; half of the time it is drawn.
        var alone = random.Chance(0.5) ? random.Next(all.Count) : -1;
        var side = all.Select((_, i) => alone < 0 ? random.Chance(0.5) : i == alone).ToArray();
        var flips = !isTwoWay && random.Chance(0.5);
        var (one, other) = (Names(i => side[i] != flips), Names(i => side[i] == flips));
        return one.Length == 0 || other.Length == 0 ? action : action with { Targets = one, Others = other };
    }

    /// <summary>Two halves, and one machine of neither, which hears both.</summary>
    private FaultAction Bridge(FaultAction action)
    {
        var names = Shuffled(Servers());
        return names.Length < 3 ? action
            : action with { Targets = names[1..(1 + (names.Length - 1) / 2)], Others = names[(1 + (names.Length - 1) / 2)..] };
    }

    private FaultAction SomePairs(FaultAction action)
    {
        var (some, others) = (new List<string>(), new List<string>());
        for (var a = 0; a < all.Count; a++)
        {
            for (var b = a + 1; b < all.Count; b++)
            {
                if (!random.Chance(0.4))
                    continue;
                some.Add(all[a].Name);
                others.Add(all[b].Name);
            }
        }
        return action with { Targets = some, Others = others };
    }

    private FaultAction Swizzle(FaultAction action)
    {
        var chosen = Shuffled(Servers());
        chosen = chosen[..Math.Min(chosen.Length, 1 + random.Next(Math.Max(chosen.Length, 1)))];
        var back = (string[])chosen.Clone();
        random.Shuffle(back);
        return action with { Targets = chosen, Others = back };
    }

    private FaultAction Pair(FaultAction action)
    {
        var a = random.Next(all.Count);
        var b = (a + 1 + random.Next(all.Count - 1)) % all.Count;
        return action with { Targets = [all[a].Name], Others = [all[b].Name] };
    }

    private string[] Names(Func<int, bool> isIn) => [.. all.Where((_, i) => isIn(i)).Select(m => m.Name)];

    private string[] Shuffled(List<SimulatedMachine> machines)
    {
        string[] names = [.. machines.Select(m => m.Name)];
        random.Shuffle(names);
        return names;
    }

    // Small and large jumps are alike likely: a clock that is 10 ms off shows other faults than one that is an hour off.
    private double Jump()
    {
        var size = plan.ClockJumpMax.TotalSeconds / (1L << random.Next(20)) * random.NextDouble();
        return Math.Round(random.Chance(0.5) ? size : -size, 7);
    }
}
