namespace Quorate.Simulation.Schedules;

/// <summary>One operation of a client: which of its operations, and when it begins.</summary>
/// <param name="Client">The client's name.</param>
/// <param name="Ordinal">The operation's number in the client's own count, from 0; what it does follows from it and the seed.</param>
/// <param name="At">When it begins, in the world's time, or as soon after as the client is free.</param>
public readonly record struct OperationStart(string Client, int Ordinal, TimeSpan At);
