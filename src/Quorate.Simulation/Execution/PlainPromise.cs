namespace Quorate.Simulation.Execution;

/// <summary>A promise that is used once and completed by its maker.</summary>
internal sealed class PlainPromise<T> : Promise<T>;
