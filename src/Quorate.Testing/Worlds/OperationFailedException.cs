namespace Quorate.Testing.Worlds;

/// <summary>An operation of a client was refused: it did not happen and never will. The history records a failure.</summary>
/// <param name="message">Why, for people.</param>
public sealed class OperationFailedException(string message) : Exception(message);
