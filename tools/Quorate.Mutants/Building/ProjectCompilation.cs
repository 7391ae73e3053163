using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Quorate.Mutants.Edits;

namespace Quorate.Mutants.Building;

/// <summary>Compiles a project anew with all of its mutants in it, each behind a switch.</summary>
internal static class ProjectCompilation
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    // Opened once for all compilations.
    private static readonly Lazy<IReadOnlyList<MetadataReference>> Platform = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(f => f.Contains($"{Path.DirectorySeparatorChar}shared{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(f => MetadataReference.CreateFromFile(f))]);

    /// <summary>The name of a project's assembly.</summary>
    /// <param name="project">The project.</param>
    public static string AssemblyOf(string project) => project == "Quorate.Cli" ? "quorate" : project;

    /// <summary>Compiles a project, which refers to the others as they are without mutants, into a folder.</summary>
    /// <param name="project">The project.</param>
    /// <param name="mutants">Its mutants with their numbers.</param>
    /// <param name="folder">The folder; the project's own assembly there is replaced.</param>
    /// <exception cref="MutantException">A mutant does not fit the source, or does not compile.</exception>
    public static void Run(string project, IReadOnlyList<(int Number, Mutant Mutant)> mutants, string folder)
    {
        var own = AssemblyOf(project);
        var options = new CSharpCompilationOptions(
            project == "Quorate.Cli" ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
            optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable, deterministic: true);
        var references = Directory.EnumerateFiles(SourceTree.Program, "*.dll").Where(f => Path.GetFileNameWithoutExtension(f) != own && IsOurs(f))
            .Select(f => MetadataReference.CreateFromFile(f));
        var compilation = CSharpCompilation.Create(own, Trees(project, mutants), Platform.Value.Concat(references), options);
        var result = compilation.Emit(Path.Combine(folder, $"{own}.dll"));
        if (!result.Success)
            throw new MutantException(
                $"the mutants of {project} do not compile:\n"
                + string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
    }

    private static bool IsOurs(string file) =>
        !Path.GetFileName(file).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) && Path.GetFileName(file) != "Quorate.Mutants.dll";

    private static List<SyntaxTree> Trees(string project, IReadOnlyList<(int Number, Mutant Mutant)> mutants)
    {
        var missing = mutants.SelectMany(m => m.Mutant.Edits.Select(e => e.File)).FirstOrDefault(f => !File.Exists(Path.Combine(SourceTree.Root, f)));
        if (missing is not null)
            throw new MutantException($"a mutant edits {missing}, which is not there");
        var trees = new List<SyntaxTree> { CSharpSyntaxTree.ParseText(SwitchedSource.Switch, Parsing) };
        foreach (var path in SourceTree.SourcesOf(project))
        {
            var file = SourceTree.Relative(path);
            var own = mutants.Where(m => m.Mutant.Edits.Any(e => e.File == file)).ToList();
            var text = File.ReadAllText(path);
            trees.Add(CSharpSyntaxTree.ParseText(own.Count == 0 ? text : SwitchedSource.Of(file, text, own), Parsing, path));
        }

        trees.AddRange(SourceTree.GeneratedOf(project).Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f), Parsing, f)));
        return trees;
    }
}
