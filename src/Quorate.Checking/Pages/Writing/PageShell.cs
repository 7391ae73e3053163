using System.Net;
using System.Text;

namespace Quorate.Checking.Pages.Writing;

/// <summary>All of a page but its data: the markup, the style and the script, which are resources of this assembly.</summary>
/// <param name="Before">What comes before the data.</param>
/// <param name="After">What comes after it.</param>
internal sealed record PageShell(string Before, string After)
{
    private const string Prefix = "Quorate.Checking.Pages.Assets.";

    // In this order: each uses what stands before it.
    private static readonly string[] Scripts =
    [
        "run.js", "scale.js", "filters.js", "layout.js", "palette.js", "paint-messages.js", "paint-lanes.js", "paint-operations.js",
        "paint-witness.js", "diagram.js", "overview.js", "hits.js", "panel.js", "table.js", "controls.js", "keyboard.js", "main.js",
    ];

    /// <summary>The shell of a page with this title and these figures, as markup.</summary>
    public static PageShell For(string title, string figures)
    {
        var script = new StringBuilder("(() => {\n'use strict';\n");
        foreach (var name in Scripts)
            script.Append("// ").Append(name).Append('\n').Append(Resource(name));
        script.Append("})();\n");
        var (head, rest) = Cut(Resource("page.html"), "<!-- title -->");
        var (toStyle, afterStyle) = Cut(rest, "/* style */");
        var (toFigures, afterFigures) = Cut(afterStyle, "<!-- figures -->");
        var (toData, afterData) = Cut(afterFigures, "<!-- data -->");
        var (toScript, tail) = Cut(afterData, "/* script */");
        return new PageShell(
            $"{head}{WebUtility.HtmlEncode(title)}{toStyle}{Resource("page.css")}{toFigures}{figures}{toData}",
            $"{toScript}{script}{tail}");
    }

    private static (string Before, string After) Cut(string text, string mark)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? throw new InvalidOperationException($"page.html has no '{mark}'.") : (text[..at], text[(at + mark.Length)..]);
    }

    private static string Resource(string name)
    {
        using var stream = typeof(PageShell).Assembly.GetManifestResourceStream(Prefix + name)
            ?? throw new InvalidOperationException($"The assembly has no resource {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
