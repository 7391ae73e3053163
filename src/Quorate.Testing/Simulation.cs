using System.Runtime.CompilerServices;
using Quorate.Testing.Worlds;

namespace Quorate.Testing;

/// <summary>Runs a service in simulated worlds that break it on purpose, one for each seed, and checks what its clients saw.</summary>
/// <remarks>
/// Guarantee: a seed that fails fails again, in any process; what is reported was shrunk and seen to fail again.
/// Cost: about a microsecond a simulated event, on every core. Fails when: the service reaches past its machine: that is a violation too.
/// Source: FoundationDB's simulation (Zhou and others, SIGMOD 2021); Claessen and Hughes, "QuickCheck", ICFP 2000.
/// </remarks>
public static class Simulation
{
    /// <summary>
    /// Says what is explored; <see cref="Exploration.MustBe(Checks.IHistoryCheck)"/> or <see cref="Exploration.MustHold"/> explores it.
    /// </summary>
    /// <param name="seeds">The seeds, the last one too: <c>1..1000</c> are a thousand. QUORATE_SEEDS goes before it.</param>
    /// <param name="setup">Sets up the world of a seed: machines, faults, clients. Called for every run, on several threads.</param>
    /// <param name="options">How to explore; null for the defaults.</param>
    /// <param name="name">What it is called; by default the method that calls this.</param>
    public static Exploration Explore(
        Range seeds, Func<TestWorld, Workload> setup, ExploreOptions? options = null, [CallerMemberName] string name = "")
    {
        ArgumentNullException.ThrowIfNull(setup);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (seeds.Start.IsFromEnd || seeds.End.IsFromEnd || seeds.Start.Value > seeds.End.Value)
            throw new ArgumentOutOfRangeException(nameof(seeds), seeds, "Seeds are A..B, with A not above B.");
        return new Exploration(name, (ulong)seeds.Start.Value, (ulong)seeds.End.Value, setup, options ?? new ExploreOptions());
    }
}
