using Quorate.Checking.Linearizability;
using Quorate.Simulation.Machines;
using Quorate.Simulation.Tracing;

namespace Quorate.Cli.Scenarios.Runs;

/// <summary>What there is to draw of a recorded run.</summary>
/// <param name="Record">What happened.</param>
/// <param name="Machines">The machines, in the order of their adding.</param>
/// <param name="HistoryBegan">When the clients' clock of the history began.</param>
/// <param name="Witness">What shows that the history is wrong, or null.</param>
internal sealed record RunFilm(RunRecord Record, IReadOnlyList<SimulatedMachine> Machines, TimeSpan HistoryBegan, Witness? Witness);
