using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Quorate.Scenarios.Project;

namespace Quorate.Scenarios.Mutants;

/// <summary>
/// A copy of the built command line in which one assembly was compiled anew with a mutant in it. The source
/// tree is not touched.
/// </summary>
internal sealed class MutantBuild : IDisposable
{
    private MutantBuild(string folder) => Folder = folder;

    public string Folder { get; }

    public static MutantBuild Of(Mutant mutant)
    {
        var build = new MutantBuild(Directory.CreateTempSubdirectory("quorate-mutant-").FullName);
        try
        {
            var program = ProjectFolder.CommandLine(ProjectFolder.Configuration);
            foreach (var file in Directory.EnumerateFiles(program))
                File.Copy(file, Path.Combine(build.Folder, Path.GetFileName(file)));
            Compile(mutant, Path.Combine(build.Folder, $"{mutant.Project}.dll"));
            return build;
        }
        catch
        {
            build.Dispose();
            throw;
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void Compile(Mutant mutant, string output)
    {
        var home = Path.Combine(ProjectFolder.Root, "src", mutant.Project);
        var parsing = new CSharpParseOptions(LanguageVersion.Latest);
        var trees = Sources(home).Select(f => CSharpSyntaxTree.ParseText(mutant.Apply(Relative(f), File.ReadAllText(f)), parsing, f))
            .Append(CSharpSyntaxTree.ParseText(PlatformReferences.ImplicitUsings, parsing))
            .Append(CSharpSyntaxTree.ParseText(File.ReadAllText(AssemblyInfo(home, mutant.Project)), parsing))
            .ToList();
        var missing = mutant.Edits.Where(e => !File.Exists(Path.Combine(ProjectFolder.Root, e.File))).Select(e => e.File).ToList();
        if (missing.Count > 0)
            throw new InvalidOperationException($"Mutant {mutant.Name} edits {string.Join(", ", missing)}, which is not there.");
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable);
        var result = CSharpCompilation.Create(mutant.Project, trees, PlatformReferences.Without(mutant.Project), options).Emit(output);
        if (!result.Success)
            throw new InvalidOperationException($"Mutant {mutant.Name} does not compile:\n{string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error))}");
    }

    private static IEnumerable<string> Sources(string home) =>
        Directory.EnumerateFiles(home, "*.cs", SearchOption.AllDirectories)
            .Where(f => Path.GetRelativePath(home, f).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"));

    private static string AssemblyInfo(string home, string project) =>
        Path.Combine(home, "obj", ProjectFolder.Configuration, "net10.0", $"{project}.AssemblyInfo.cs");

    private static string Relative(string path) => Path.GetRelativePath(ProjectFolder.Root, path).Replace(Path.DirectorySeparatorChar, '/');
}
