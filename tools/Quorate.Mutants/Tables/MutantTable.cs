using System.Globalization;
using System.Text;
using Quorate.Mutants.Running;

namespace Quorate.Mutants.Tables;

/// <summary>The figures as tables: for people, and for the document.</summary>
internal static class MutantTable
{
    /// <summary>The line before the table in the document.</summary>
    public const string Begin = "<!-- figures: written by ./quorate mutants --write -->";

    /// <summary>The line behind the table in the document.</summary>
    public const string End = "<!-- end of figures -->";

    /// <summary>The table for a terminal.</summary>
    /// <param name="figures">The figures.</param>
    public static string Plain(IReadOnlyList<MutantFigures> figures)
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{"mutant",-42} {"scenario",-16} {"seeds",6} {"worst",6} {"seconds",8} {"events (s)",12}  rounds");
        foreach (var f in figures)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{f.Mutant,-42} {f.Scenario,-16} {Number(f.Seeds),6} {Number(f.SeedsWorst),6} {f.Seconds,8:0.0} {Shrunk(f),12}  {Rounds(f)}");
        return text.Append(Summary(figures)).ToString();
    }

    /// <summary>The document with its table replaced.</summary>
    /// <param name="document">Its text.</param>
    /// <param name="figures">The figures of all mutants.</param>
    /// <exception cref="FormatException">The document has no place for the table.</exception>
    public static string Into(string document, IReadOnlyList<MutantFigures> figures)
    {
        var (begin, end) = (document.IndexOf(Begin, StringComparison.Ordinal), document.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
            throw new FormatException($"the document does not hold the lines '{Begin}' and '{End}'");
        return document[..(begin + Begin.Length)] + "\n\n" + Markdown(figures) + "\n" + document[end..];
    }

    private static string Markdown(IReadOnlyList<MutantFigures> figures)
    {
        var text = new StringBuilder();
        var hasShrunk = figures.Any(f => f.Shrunk is not null);
        foreach (var group in figures.GroupBy(f => f.Group))
        {
            text.Append(CultureInfo.InvariantCulture, $"**{group.Key}**\n\n");
            text.Append("| mutant | what is wrong | scenario | seeds (worst) | s |").Append(hasShrunk ? " events (s) |\n" : "\n");
            text.Append("|---|---|---|---|---|").Append(hasShrunk ? "---|\n" : "\n");
            foreach (var f in group)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| `{f.Mutant}` | {f.Title} | `{f.Scenario}` | {Number(f.Seeds)} ({Number(f.SeedsWorst)}) | {f.Seconds:0.0} |")
                    .Append(hasShrunk ? $" {Shrunk(f)} |\n" : "\n");
            text.Append('\n');
        }

        return text.Append(Summary(figures)).ToString();
    }

    private static string Summary(IReadOnlyList<MutantFigures> figures)
    {
        var rounds = string.Join(" or ", figures.Select(f => f.Rounds).Distinct());
        var text = $"{figures.Count} mutants, {rounds} rounds each; {figures.Count(f => f.Survives)} survive.\n";
        var shrunk = figures.Select(f => f.Shrunk).OfType<ShrunkRun>().ToList();
        if (shrunk.Count == 0)
            return text;
        var (events, seconds) = (shrunk.Select(s => s.Events).Order().ToList(), shrunk.Select(s => s.Seconds).Order().ToList());
        return text + string.Create(
            CultureInfo.InvariantCulture,
            $"Shrunk to {events[events.Count / 2]} events in {seconds[seconds.Count / 2]:0.0} s in the median, {events[^1]} events and "
            + $"{seconds[^1]:0.0} s at most.\n");
    }

    private static string Shrunk(MutantFigures f) => f.Shrunk is not { } shrunk ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{shrunk.Events} ({shrunk.Seconds:0.0}){(shrunk.IsVerified ? "" : " not verified")}");

    private static string Rounds(MutantFigures f) => $"{f.Killed} of {f.Rounds}{(f.Survives ? "  SURVIVES" : "")}";

    private static string Number(ulong? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "–";
}
