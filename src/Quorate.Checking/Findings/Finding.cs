using System.Text;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Findings;

/// <summary>A contradiction in a history: the witness of an invalid verdict.</summary>
/// <param name="Name">Its name, such as <c>G-single</c> or <c>lost</c>.</param>
/// <param name="Text">What is wrong, in a line.</param>
/// <param name="Operations">The operations that show it.</param>
/// <param name="Key">The object that it is about; null when there is none.</param>
/// <param name="Value">The value that it is about; null when there is none.</param>
public sealed record Finding(
    string Name, string Text, IReadOnlyList<HistoryOperation> Operations, HistoryValue? Key = null, HistoryValue? Value = null)
{
    private const int LineMax = 400;
    private const int Tail = 60;

    /// <summary>The steps of the cycle, each ending where the next begins and the last where the first begins; empty without one.</summary>
    public IReadOnlyList<Dependency> Cycle { get; init; } = [];

    /// <summary>How many contradictions of this name there were; this is one of them.</summary>
    public long Count { get; init; } = 1;

    /// <summary>The contradiction in words, a line for each operation.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(Name).Append(": ").Append(Text);
        if (Count > 1)
            text.Append(" (one of ").Append(Count).Append(')');
        text.Append('\n');
        foreach (var step in Cycle)
            text.Append("  ").Append(Shown(step.From)).Append("\n    ").Append(Shown(step)).Append('\n');
        if (Cycle.Count > 0)
            text.Append("  ").Append(Shown(Cycle[^1].To)).Append('\n');
        else
            foreach (var operation in Operations)
                text.Append("  ").Append(Shown(operation)).Append('\n');
        return text.ToString();
    }

    // A long value is cut in the middle: how it begins, and where the operation is, stay.
    private static string Shown(object part)
    {
        var line = part.ToString()!;
        return line.Length <= LineMax ? line : $"{line[..(LineMax - Tail)]} ... {line[^Tail..]}";
    }
}
