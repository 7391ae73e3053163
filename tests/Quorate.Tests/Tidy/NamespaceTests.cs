using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Quorate.Tests.Tidy;

public sealed class NamespaceTests
{
    private const int LevelsMax = 3;

    [Fact]
    public void The_namespace_of_every_file_is_its_folder()
    {
        var wrong = new List<string>();
        foreach (var file in new[] { "src", "tests", "bench", "tools" }.SelectMany(folder => SourceTree.Files(folder, ".cs")))
        {
            var expected = string.Join('.', file.Split('/')[1..^1]);
            var declared = CSharpSyntaxTree.ParseText(SourceTree.Read(file), path: file).GetRoot()
                .DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().Select(n => n.Name.ToString()).ToList();
            if (declared.Any(n => n != expected) || declared.Count > 1)
                wrong.Add($"{file}: {string.Join(", ", declared)} instead of {expected}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Folders_go_three_levels_deep_at_most() =>
        Assert.Empty(SourceTree.Files("src", ".cs").Where(f => f.Split('/').Length - 2 > LevelsMax));
}
