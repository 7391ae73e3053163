namespace Quorate.Mutants.Running;

/// <summary>Asks a probe to look for a violation.</summary>
/// <param name="Number">The mutant that is on; 0 for none.</param>
/// <param name="Assemblies">The assemblies that have a switch.</param>
/// <param name="Scenario">The scenario.</param>
/// <param name="First">The first seed.</param>
/// <param name="Last">The last seed.</param>
/// <param name="SecondsMax">Processor seconds after which no further seed is begun.</param>
/// <param name="ShrinkSecondsMax">Processor seconds for which the violation is shrunk at most; 0 for not at all.</param>
internal sealed record ProbeOrder(
    int Number, string[] Assemblies, string Scenario, ulong First, ulong Last, double SecondsMax, double ShrinkSecondsMax);

/// <summary>What a probe found.</summary>
/// <param name="Seeds">How many seeds it ran, that of the violation included.</param>
/// <param name="Seconds">The processor seconds that they took.</param>
/// <param name="Violation">What was broken, or null.</param>
/// <param name="TraceHash">The hash of what the last seed did.</param>
/// <param name="Shrunk">What its schedule was cut down to, where that was asked for; else null.</param>
internal sealed record ProbeAnswer(ulong Seeds, double Seconds, string? Violation, ulong TraceHash, ShrunkRun? Shrunk = null);

/// <summary>What the schedule of a violating seed was cut down to.</summary>
/// <param name="Events">How many faults and operations are left.</param>
/// <param name="Seconds">The processor seconds that it took.</param>
/// <param name="IsVerified">Whether what is left was seen to fail in the same way.</param>
internal sealed record ShrunkRun(int Events, double Seconds, bool IsVerified);
