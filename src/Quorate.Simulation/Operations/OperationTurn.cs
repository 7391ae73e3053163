using Quorate.Simulation.Randomness;

namespace Quorate.Simulation.Operations;

/// <summary>A client's turn to make one operation.</summary>
/// <param name="Ordinal">Which of the client's operations it is, from 0.</param>
/// <param name="Random">Chance for this operation alone: leaving out another one changes nothing of it.</param>
public sealed record OperationTurn(int Ordinal, SeededRandom Random);
