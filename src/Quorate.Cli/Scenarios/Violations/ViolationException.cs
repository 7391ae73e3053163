using Quorate.Checking.Linearizability;

namespace Quorate.Cli.Scenarios.Violations;

/// <summary>What must hold does not.</summary>
/// <param name="message">What, for people.</param>
/// <param name="witness">What shows it, where a checker found one.</param>
internal sealed class ViolationException(string message, Witness? witness = null) : Exception(message)
{
    /// <summary>What shows it, where a checker found one.</summary>
    public Witness? Witness => witness;
}
