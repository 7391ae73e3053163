namespace Quorate.Mutants.Edits;

/// <summary>A mutant no longer goes with the source, or cannot be compiled: its file must be brought up to date.</summary>
internal sealed class MutantException(string message) : Exception(message);
