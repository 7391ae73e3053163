namespace Quorate.Scenarios.Mutants;

/// <summary>
/// A well-known bug, as an edit of the production source: which text of which file becomes what. The file format is lines of
/// <c>name: value</c> (title, scenario, seeds, and file for each edit), and for each edit the two texts between marks.
/// </summary>
internal sealed record Mutant(string Name, string Title, string Scenario, string Project, IReadOnlyList<MutantEdit> Edits)
{
    private const string Before = "<<<<<<<";
    private const string Between = "=======";
    private const string After = ">>>>>>>";

    public static Mutant Parse(string name, string text)
    {
        var fields = new Dictionary<string, string>();
        var edits = new List<MutantEdit>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] == Before)
                edits.Add(new MutantEdit(fields["file"], Until(Between), Until(After)));
            else if (lines[i].Split(": ", 2) is [var field, var value])
                fields[field] = value;
            else if (lines[i].Length > 0)
                throw new FormatException($"{name}, line {i + 1}: expected 'name: value' or {Before}");

            string Until(string mark)
            {
                var end = Array.IndexOf(lines, mark, i + 1);
                if (end < 0)
                    throw new FormatException($"{name}, line {i + 1}: no {mark} follows");
                var part = string.Join('\n', lines[(i + 1)..end]);
                i = end;
                return part;
            }
        }

        var project = edits.Select(e => e.File.Split('/')[1]).Distinct().Single();
        return new Mutant(name, fields["title"], fields["scenario"], project, edits);
    }

    /// <summary>The text of a source file with this mutant's edits in it. An edit that does not fit exactly one place is an error.</summary>
    public string Apply(string file, string source)
    {
        foreach (var edit in Edits.Where(e => e.File == file))
        {
            var at = source.IndexOf(edit.From, StringComparison.Ordinal);
            if (at < 0 || source.IndexOf(edit.From, at + 1, StringComparison.Ordinal) >= 0)
                throw new InvalidOperationException($"Mutant {Name} fits {(at < 0 ? "no place" : "several places")} in {file}: bring its text up to date.");
            source = source[..at] + edit.To + source[(at + edit.From.Length)..];
        }

        return source;
    }
}

/// <summary>One replacement in one file, whose path is relative to the project's root.</summary>
internal sealed record MutantEdit(string File, string From, string To);
