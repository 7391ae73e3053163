using Quorate.Testing.Reports;

namespace Quorate.Testing;

/// <summary>An exploration found a violation. The message has it, the line that replays it, and the files about it.</summary>
/// <param name="message">All of that.</param>
/// <param name="run">The failing run, as far as it could be shrunk.</param>
public sealed class ExplorationFailedException(string message, FailedRun run) : Exception(message)
{
    /// <summary>The failing run, as far as it could be shrunk.</summary>
    public FailedRun Run => run;
}
