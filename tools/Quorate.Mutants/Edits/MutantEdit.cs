namespace Quorate.Mutants.Edits;

/// <summary>One replacement in one file, whose path is relative to the source tree's root.</summary>
internal sealed record MutantEdit(string File, string From, string To);
