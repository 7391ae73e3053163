using System.Globalization;
using System.Text;
using Quorate.Checking.Pages.Figures;
using Quorate.Cli.Lab.Runs;

namespace Quorate.Cli.Lab.Reports;

/// <summary>What came of an experiment, as plain text.</summary>
internal static class ReportText
{
    private const int Width = 110;

    /// <summary>The report.</summary>
    /// <param name="experiment">What was run.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="seed">Its seed.</param>
    public static string Of(IExperiment experiment, ExperimentResult result, ulong seed)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{experiment.Name}: {experiment.Shows}\n{experiment.Source}\n\nset-up\n");
        foreach (var line in result.SetUp)
            Wrap(text, line, "  ", "  ");
        foreach (var table in result.Tables)
            Write(text, table);
        text.Append("\nwhat theory says\n");
        foreach (var claim in result.Claims)
            Wrap(text, $"{claim.Text}: {claim.Measured}", claim.Holds ? "  seen      " : "  NOT SEEN  ", "            ");
        var worlds = result.Worlds;
        text.Append(result.IsShown ? "\nshown: " : "\nnot shown: ")
            .Append(CultureInfo.InvariantCulture, $"{worlds.Worlds} worlds, {worlds.Events:N0} events, ")
            .Append(CultureInfo.InvariantCulture, $"{worlds.Simulated.TotalSeconds:N0} simulated seconds, trace {worlds.TraceHash:x16}\n")
            .Append(CultureInfo.InvariantCulture, $"replay: {Replay(experiment, seed)}\n");
        return text.ToString();
    }

    /// <summary>The line that runs it again.</summary>
    public static string Replay(IExperiment experiment, ulong seed) =>
        string.Create(CultureInfo.InvariantCulture, $"./quorate lab {experiment.Name} --seed {seed}");

    private static void Write(StringBuilder text, PageTable table)
    {
        text.Append(CultureInfo.InvariantCulture, $"\nmeasured: {table.Title}\n");
        var widths = Enumerable.Range(0, table.Columns.Count)
            .Select(c => table.Rows.Select(r => r[c].Length).Append(table.Columns[c].Length).Max()).ToArray();
        Row(table.Columns);
        foreach (var row in table.Rows)
            Row(row);

        void Row(IReadOnlyList<string> cells)
        {
            var line = cells.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]));
            text.Append("  ").Append(string.Join("  ", line).TrimEnd()).Append('\n');
        }
    }

    private static void Wrap(StringBuilder text, string line, string first, string next)
    {
        var written = text.Append(first).Length - first.Length;
        // A number and its unit stay on one line.
        foreach (var word in line.Replace(" %", "\u00a0%", StringComparison.Ordinal).Replace(" ms", "\u00a0ms", StringComparison.Ordinal).Split(' '))
        {
            if (text.Length - written + word.Length > Width)
            {
                text.Length--;
                text.Append('\n');
                written = text.Length;
                text.Append(next);
            }
            text.Append(word.Replace('\u00a0', ' ')).Append(' ');
        }
        text.Length--;
        text.Append('\n');
    }
}
