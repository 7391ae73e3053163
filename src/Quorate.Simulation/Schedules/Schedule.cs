using Quorate.Simulation.Faults;
using Quorate.Simulation.Ordering;

namespace Quorate.Simulation.Schedules;

/// <summary>All that was decided in a run: the seed, the faults and the clients' operations. It replays the run, and is what is shrunk.</summary>
/// <remarks>
/// Guarantee: a schedule that a world recorded makes the same code take the same steps again. It counts no events, and every draw of chance
/// comes from a stream with a name, so that it still means the same after unrelated changes of the code.
/// Cost: an entry a fault and an operation. Fails when: the code takes other steps than it did: then it may show nothing, see
/// <see cref="Chance"/>. Source: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", TSE 2002.
/// </remarks>
/// <param name="Scenario">What was run.</param>
/// <param name="Seed">What the workload was drawn from.</param>
public sealed record Schedule(string Scenario, ulong Seed)
{
    /// <summary>Other numbers give other orders, latencies and torn writes to the same schedule; 0 is as the seed was found.</summary>
    public ulong Chance { get; init; }

    /// <summary>
    /// Whether chance is drawn by the moment instead of in sequence: then it stays what it was at every moment that a part left out does
    /// not reach. Default false.
    /// </summary>
    public bool ChanceIsByMoment { get; init; }

    /// <summary>
    /// The version of the file that it came from. In earlier versions a part of what a scenario itself did to its world is missing. Default:
    /// what is recorded and written now.
    /// </summary>
    public int Version { get; init; } = VersionNow;

    /// <summary>The version that is recorded now.</summary>
    public const int VersionNow = 3;

    /// <summary>When faults end and the clients come to an end; null for as long as the scenario says.</summary>
    public TimeSpan? Horizon { get; init; }

    /// <summary>The most machines that the scenario's cluster has; null for as many as the seed says.</summary>
    public int? Machines { get; init; }

    /// <summary>In which order strands take their turns.</summary>
    public StepOrder Order { get; init; } = StepOrder.Drawn;

    /// <summary>The faults.</summary>
    public IReadOnlyList<FaultAction> Faults { get; init; } = [];

    /// <summary>The clients' operations; those not named are left out. Null where the clients do as the seed says.</summary>
    public IReadOnlyList<OperationStart>? Operations { get; init; }

    /// <summary>How many faults and operations there are.</summary>
    public int Events => Faults.Count + (Operations?.Count ?? 0);
}
