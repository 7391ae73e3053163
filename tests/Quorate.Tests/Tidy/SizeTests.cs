using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Quorate.Tests.Tidy;

/// <summary>Small files and small methods. size-exceptions.txt lists what is still larger; it only shrinks.</summary>
public sealed class SizeTests
{
    private const int MethodLinesMax = 70;
    private const int FileLinesMax = 500;
    private const int LineCharactersMax = 150;
    private const string ExceptionsFile = "tests/Quorate.Tests/Tidy/size-exceptions.txt";

    [Fact]
    public void Files_and_methods_keep_to_their_bounds_and_the_list_of_exceptions_only_shrinks()
    {
        var allowed = SourceTree.Read(ExceptionsFile).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(l => !l.StartsWith('#')).Select(l => l.Split(' ')).ToDictionary(p => p[0], p => int.Parse(p[1]));
        var problems = new List<string>();
        foreach (var (what, lines) in TooLarge())
        {
            if (!allowed.Remove(what, out var most))
                problems.Add($"{what} has {lines} lines");
            else if (lines != most)
                problems.Add($"{what} has {lines} lines and its exception says {most}: {(lines < most ? "lower the exception" : "make it smaller")}");
        }

        problems.AddRange(allowed.Keys.Select(k => $"{k} needs no exception any more: take it off the list"));
        Assert.Empty(problems);
    }

    [Fact]
    public void Lines_are_not_too_long() => Assert.Empty(
        SourceTree.Files("src", ".cs").Concat(SourceTree.Files("tools", ".cs")).SelectMany(f => SourceTree.Read(f).Split('\n').Select((l, i) => (Where: $"{f}:{i + 1}", l.Length)))
            .Where(l => l.Length > LineCharactersMax).Select(l => l.Where));

    private static IEnumerable<(string What, int Lines)> TooLarge()
    {
        foreach (var file in SourceTree.Files("src", ".cs").Concat(SourceTree.Files("tests", ".cs")).Concat(SourceTree.Files("tools", ".cs")))
        {
            var root = CSharpSyntaxTree.ParseText(SourceTree.Read(file), path: file).GetRoot();
            var length = Lines(root);
            if (length > FileLinesMax)
                yield return (file, length);
            foreach (var method in root.DescendantNodes().Where(n => n is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax))
            {
                if (Lines(method) > MethodLinesMax)
                    yield return ($"{file}#{MethodName(method)}", Lines(method));
            }
        }
    }

    private static string MethodName(SyntaxNode method) => method switch
    {
        MethodDeclarationSyntax m => m.Identifier.Text,
        LocalFunctionStatementSyntax l => l.Identifier.Text,
        ConstructorDeclarationSyntax c => c.Identifier.Text,
        _ => method.Kind().ToString(),
    };

    private static int Lines(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
