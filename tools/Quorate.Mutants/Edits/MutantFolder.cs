namespace Quorate.Mutants.Edits;

/// <summary>The mutants of a source tree: each a file in a folder beside the tests.</summary>
internal static class MutantFolder
{
    private static readonly string[] Home = ["tests", "Quorate.Scenarios", "Mutants"];

    /// <summary>Reads all mutants, in the order of their paths.</summary>
    /// <param name="root">The source tree's root.</param>
    /// <exception cref="FormatException">A file is not a mutant, or two have the same name.</exception>
    public static IReadOnlyList<Mutant> Read(string root)
    {
        var home = Path.Combine([root, .. Home]);
        var mutants = Directory.EnumerateFiles(home, $"*{Mutant.Ending}", SearchOption.AllDirectories)
            .Select(f => (File: f, Path: Path.GetRelativePath(home, f).Replace(Path.DirectorySeparatorChar, '/')))
            .OrderBy(f => f.Path, StringComparer.Ordinal)
            .Select(f => Mutant.Parse(f.Path, File.ReadAllText(f.File)))
            .ToList();
        if (mutants.GroupBy(m => m.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new FormatException($"two mutants are named {twice.Key}");
        return mutants;
    }

    /// <summary>A mutant by its name.</summary>
    /// <param name="root">The source tree's root.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="MutantException">There is none of that name.</exception>
    public static Mutant Named(string root, string name) =>
        Read(root).FirstOrDefault(m => m.Name == name) ?? throw new MutantException($"there is no mutant '{name}'");
}
