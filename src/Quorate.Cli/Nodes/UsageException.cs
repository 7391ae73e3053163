namespace Quorate.Cli.Nodes;

/// <summary>The command line asks for something that cannot be.</summary>
/// <param name="message">What, in one sentence.</param>
internal sealed class UsageException(string message) : Exception(message);
