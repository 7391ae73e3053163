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
        text.AppendLine(CultureInfo.InvariantCulture, $"{"mutant",-42} {"scenario",-16} {"seeds",6} {"worst",6} {"seconds",8}  rounds");
        foreach (var f in figures)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{f.Mutant,-42} {f.Scenario,-16} {Number(f.Seeds),6} {Number(f.SeedsWorst),6} {f.Seconds,8:0.0}  {Rounds(f)}");
        return text.ToString();
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
        foreach (var group in figures.GroupBy(f => f.Group))
        {
            text.Append(CultureInfo.InvariantCulture, $"**{group.Key}**\n\n");
            text.Append("| mutant | what is wrong | scenario | seeds (worst) | s |\n|---|---|---|---|---|\n");
            foreach (var f in group)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| `{f.Mutant}` | {f.Title} | `{f.Scenario}` | {Number(f.Seeds)} ({Number(f.SeedsWorst)}) | {f.Seconds:0.0} |\n");
            text.Append('\n');
        }

        var rounds = figures.Select(f => f.Rounds).Distinct().ToList();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{figures.Count} mutants, {string.Join(" or ", rounds)} rounds each; {figures.Count(f => f.Survives)} survive.\n");
        return text.ToString();
    }

    private static string Rounds(MutantFigures f) => $"{f.Killed} of {f.Rounds}{(f.Survives ? "  SURVIVES" : "")}";

    private static string Number(ulong? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "–";
}
