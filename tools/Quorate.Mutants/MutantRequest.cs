namespace Quorate.Mutants;

/// <summary>What was asked of <c>quorate mutants</c>.</summary>
/// <param name="Names">Which mutants; none for all.</param>
/// <param name="List">Whether to list them only.</param>
/// <param name="Rounds">How many rounds.</param>
/// <param name="Seeds">The most seeds of a round.</param>
/// <param name="SecondsMax">Processor seconds after which a round begins no further seed.</param>
/// <param name="Jobs">How many rounds run at a time.</param>
/// <param name="Shrink">Whether the first violation of each is shrunk.</param>
/// <param name="Json">Where the figures go as lines of JSON, or null.</param>
/// <param name="Write">Whether the table goes into docs/mutants.md.</param>
internal sealed record MutantRequest(
    string[] Names, bool List, int Rounds, ulong Seeds, double SecondsMax, int Jobs, bool Shrink, string? Json, bool Write);
