using System.Text;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Linearizability;

/// <summary>A small part of a history that shows on its own that the history is not linearizable.</summary>
/// <param name="Partition">The object; empty when there is only one.</param>
/// <param name="Operations">The operations: every other one was left out because it cannot make up for the violation.</param>
/// <param name="Start">The state in which they begin: the first one, or the only one possible where they begin.</param>
/// <param name="Longest">The order of the operations that explains the most completions.</param>
/// <param name="State">The state after that order.</param>
/// <param name="Stuck">The operation whose completion no order explains.</param>
/// <param name="Confirmed">Whether a second, independent check came to the same verdict.</param>
public sealed record Witness(
    string Partition,
    IReadOnlyList<HistoryOperation> Operations,
    string Start,
    IReadOnlyList<HistoryOperation> Longest,
    string State,
    HistoryOperation Stuck,
    bool Confirmed)
{
    /// <summary>The witness in words, a line for each operation.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Partition.Length > 0)
            text.Append("key ").Append(Partition).Append('\n');
        text.Append("these ").Append(Operations.Count).Append(" operations, from state ").Append(Start).Append(", have no order:\n");
        foreach (var operation in Operations)
            text.Append("  ").Append(operation).Append('\n');
        text.Append("the longest order:\n");
        foreach (var operation in Longest)
            text.Append("  ").Append(operation).Append('\n');
        text.Append("leaves state ").Append(State).Append(", and then nothing explains\n  ").Append(Stuck).Append('\n');
        return text.ToString();
    }
}
