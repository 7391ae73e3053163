namespace Quorate.Cli.Scenarios.Runs;

/// <summary>What must hold does not.</summary>
/// <param name="message">What, for people.</param>
internal sealed class ViolationException(string message) : Exception(message);
