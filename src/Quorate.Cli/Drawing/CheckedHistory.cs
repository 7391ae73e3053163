using Quorate.Checking.Findings;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Witnesses;

namespace Quorate.Cli.Drawing;

/// <summary>What a check said of a history.</summary>
/// <param name="Outcome">The verdict.</param>
/// <param name="Text">What is wrong, or why nothing can be said; empty when the history is valid.</param>
/// <param name="Witness">Draws what shows it.</param>
internal sealed record CheckedHistory(CheckOutcome Outcome, string Text, Func<HistoryDrawing, PageWitness?> Witness)
{
    /// <summary>A check whose findings may have cycles of dependencies: the first finding is drawn.</summary>
    public static CheckedHistory Of(CheckOutcome outcome, string reason, IReadOnlyList<Finding> findings) =>
        outcome == CheckOutcome.Invalid && findings.Count > 0
            ? new(outcome, string.Concat(findings), drawing => Draw(drawing, findings[0]))
            : new(outcome, reason, static _ => null);

    private static PageWitness Draw(HistoryDrawing drawing, Finding finding)
    {
        var title = $"{finding.Name}: {finding.Text}";
        if (finding.Cycle.Count == 0)
            return new PageWitness { Title = title, Operations = [.. finding.Operations.Select(drawing.PlaceOf).OfType<int>()] };
        var cycle = finding.Cycle.Select(step => new DrawnDependency(step.From, step.To, LabelOf(step.Kind), DetailOf(step)));
        return WitnessDrawing.OfCycle(drawing, title, [.. cycle]);
    }

    // The label says the kind already.
    private static string DetailOf(Dependency step)
    {
        var words = step.ToString();
        var label = $"{LabelOf(step.Kind)}: ";
        return words.StartsWith(label, StringComparison.Ordinal) ? words[label.Length..] : words;
    }

    private static string LabelOf(DependencyKind kind) => kind switch
    {
        DependencyKind.WriteWrite => "ww",
        DependencyKind.WriteRead => "wr",
        DependencyKind.ReadWrite => "rw",
        DependencyKind.RealTime => "rt",
        _ => "process",
    };
}
