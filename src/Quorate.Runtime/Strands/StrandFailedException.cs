namespace Quorate.Runtime.Strands;

/// <summary>An exception escaped a piece of work that was posted to a strand; nobody could handle it, so the machine fails.</summary>
/// <param name="strand">The strand's name.</param>
/// <param name="inner">What escaped.</param>
public sealed class StrandFailedException(string strand, Exception inner)
    : Exception($"An exception escaped a piece of work on strand '{strand}': {inner.Message}", inner);
