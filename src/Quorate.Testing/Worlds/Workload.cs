namespace Quorate.Testing.Worlds;

/// <summary>The clients of a world, which an exploration runs and whose history it checks.</summary>
/// <param name="Clients">How many there are.</param>
public sealed record Workload(int Clients);
