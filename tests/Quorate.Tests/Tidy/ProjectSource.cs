using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Quorate.Tests.Tidy;

/// <summary>One project of src, parsed and bound, so that a test can ask what a name means.</summary>
internal sealed class ProjectSource
{
    private const string WebUsings = """
        global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Hosting; global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing; global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection; global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging; global using System.Net.Http.Json;
        """;

    private static readonly Dictionary<string, ProjectSource> Loaded = [];

    private ProjectSource(string name)
    {
        Name = name;
        Trees = [.. SourceTree.Files($"src/{name}", ".cs").Select(f => Parse(SourceTree.Read(f), f))];
        var extra = GeneratedFiles(name).Select(f => Parse(File.ReadAllText(f), f)).Append(Parse(PlatformReferences.ImplicitUsings, "usings.cs"));
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
        Compilation = CSharpCompilation.Create(name, Trees.Concat(extra), PlatformReferences.Without(name), options);
    }

    public string Name { get; }

    public IReadOnlyList<SyntaxTree> Trees { get; }

    public CSharpCompilation Compilation { get; }

    public static ProjectSource Of(string name)
    {
        lock (Loaded)
            return Loaded.TryGetValue(name, out var project) ? project : Loaded[name] = new ProjectSource(name);
    }

    /// <summary>Every type declared by hand in the project, with the path of its file.</summary>
    public IEnumerable<(string Path, BaseTypeDeclarationSyntax Type)> Types() =>
        Trees.SelectMany(t => t.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(d => (t.FilePath, d)));

    public static SyntaxTree Parse(string text, string path) =>
        CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest), path);

    public static string Usings(bool web) => web ? PlatformReferences.ImplicitUsings + WebUsings : PlatformReferences.ImplicitUsings;

    private static IEnumerable<string> GeneratedFiles(string name)
    {
        var obj = Path.Combine(SourceTree.Root, "src", name, "obj");
        if (!Directory.Exists(obj))
            return [];
        return Directory.EnumerateFiles(obj, "*.cs", SearchOption.AllDirectories)
            .Where(f => File.ReadLines(f).Take(3).Any(l => l.Contains("protocol buffer compiler")))
            .GroupBy(f => Path.GetFileName(f)).Select(g => g.First());
    }
}
