namespace Quorate.Kernel.Invariants;

/// <summary>Something that can never happen did. The node stops; in the simulator the seed fails.</summary>
/// <param name="message">What was broken.</param>
public sealed class InvariantViolationException(string message) : Exception(message);
