namespace Quorate.Mutants.Running;

/// <summary>Asks a probe to look for a violation.</summary>
/// <param name="Number">The mutant that is on; 0 for none.</param>
/// <param name="Assemblies">The assemblies that have a switch.</param>
/// <param name="Scenario">The scenario.</param>
/// <param name="First">The first seed.</param>
/// <param name="Last">The last seed.</param>
/// <param name="SecondsMax">Processor seconds after which no further seed is begun.</param>
internal sealed record ProbeOrder(int Number, string[] Assemblies, string Scenario, ulong First, ulong Last, double SecondsMax);

/// <summary>What a probe found.</summary>
/// <param name="Seeds">How many seeds it ran, that of the violation included.</param>
/// <param name="Seconds">The processor seconds that they took.</param>
/// <param name="Violation">What was broken, or null.</param>
/// <param name="TraceHash">The hash of what the last seed did.</param>
internal sealed record ProbeAnswer(ulong Seeds, double Seconds, string? Violation, ulong TraceHash);
