using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Quorate.Tests.Tidy;

/// <summary>
/// Every C# block of the documents compiles, as a program of its own. What the reader already has, such as <c>builder</c>, is given in a
/// comment before the block: <c>&lt;!-- given: var builder = WebApplication.CreateBuilder(); --&gt;</c>.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class SnippetTests
{
    private static readonly Regex Block = new(@"(?:<!-- given: (?<given>.*?) -->\s*)?```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.CultureInvariant);

    public static TheoryData<string> Documents => [.. SourceTree.Files("", ".md").Where(f => SourceTree.Read(f).Contains("```csharp"))];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Documents))]
    public void The_snippets_of_a_document_compile(string document)
    {
        foreach (Match block in Block.Matches(SourceTree.Read(document)))
            Assert.True(Errors(block) is "", $"{document}:\n{block.Groups["code"].Value}\n{Errors(block)}");
    }

    private static string Errors(Match block)
    {
        var code = block.Groups["code"].Value;
        var usings = string.Join('\n', code.Split('\n').Where(l => l.StartsWith("using ", StringComparison.Ordinal) && l.TrimEnd().EndsWith(';') && !l.Contains('=') && !l.Contains('(')));
        var rest = string.Join('\n', code.Split('\n').Where(l => !usings.Contains(l) || l.Length == 0));
        var program = $"{usings}\n{block.Groups["given"].Value}\n{rest}";
        var compilation = CSharpCompilation.Create(
            "Snippet",
            [ProjectSource.Parse(program, "snippet.cs"), ProjectSource.Parse(ProjectSource.Usings(web: true), "usings.cs")],
            PlatformReferences.Without(),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        return string.Join('\n', compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }
}
