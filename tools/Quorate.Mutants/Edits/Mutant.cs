namespace Quorate.Mutants.Edits;

/// <summary>
/// A well-known bug, as an edit of the production source: which text of which file becomes what. The file format is lines of
/// <c>name: value</c> (title, scenario, seeds, and file for each edit), and for each edit the two texts between marks.
/// </summary>
/// <param name="Name">The file's name without its ending.</param>
/// <param name="Group">The folder that it is in: what it is a bug of.</param>
/// <param name="Title">What is wrong, in a line.</param>
/// <param name="Scenario">The scenario that catches it.</param>
/// <param name="Seeds">Seeds that are known to catch it soon.</param>
/// <param name="Project">The project that it edits.</param>
/// <param name="Edits">What it changes.</param>
internal sealed record Mutant(
    string Name, string Group, string Title, string Scenario, SeedRange Seeds, string Project, IReadOnlyList<MutantEdit> Edits)
{
    /// <summary>How the name of a mutant's file ends.</summary>
    public const string Ending = ".mutant";

    private const string Before = "<<<<<<<";
    private const string Between = "=======";
    private const string After = ">>>>>>>";

    /// <summary>Reads a mutant.</summary>
    /// <param name="path">Its file's path below the folder of all mutants.</param>
    /// <param name="text">The file's text.</param>
    /// <exception cref="FormatException">The text is not a mutant, or it edits several projects.</exception>
    public static Mutant Parse(string path, string text)
    {
        var fields = new Dictionary<string, string>();
        var edits = new List<MutantEdit>();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] == Before)
                edits.Add(new MutantEdit(Field("file"), Until(Between), Until(After)));
            else if (lines[i].Split(": ", 2) is [var field, var value])
                fields[field] = value;
            else if (lines[i].Length > 0)
                throw new FormatException($"{path}, line {i + 1}: expected 'name: value' or {Before}");

            string Until(string mark)
            {
                var end = Array.IndexOf(lines, mark, i + 1);
                if (end < 0)
                    throw new FormatException($"{path}, line {i + 1}: no {mark} follows");
                var part = string.Join('\n', lines[(i + 1)..end]);
                i = end;
                return part;
            }
        }

        var projects = edits.Select(e => e.File.Split('/')[1]).Distinct().ToList();
        if (projects.Count != 1)
            throw new FormatException($"{path}: a mutant edits files of one project, not of {projects.Count}");
        return new Mutant(
            Path.GetFileNameWithoutExtension(path), Path.GetDirectoryName(path) ?? "", Field("title"), Field("scenario"),
            SeedRange.Parse(Field("seeds")), projects[0], edits);

        string Field(string name) => fields.TryGetValue(name, out var value) ? value : throw new FormatException($"{path}: there is no '{name}:'");
    }

    /// <summary>The text of a source file with this mutant's edits in it.</summary>
    /// <param name="file">The file's path, relative to the source tree's root.</param>
    /// <param name="source">Its text.</param>
    /// <exception cref="MutantException">An edit does not fit exactly one place.</exception>
    public string Apply(string file, string source)
    {
        foreach (var edit in Edits.Where(e => e.File == file))
        {
            var at = source.IndexOf(edit.From, StringComparison.Ordinal);
            if (at < 0 || source.IndexOf(edit.From, at + 1, StringComparison.Ordinal) >= 0)
                throw new MutantException(
                    $"mutant {Name} fits {(at < 0 ? "no place" : "several places")} in {file}: bring its text up to date\n{edit.From}");
            source = source[..at] + edit.To + source[(at + edit.From.Length)..];
        }

        return source;
    }
}
