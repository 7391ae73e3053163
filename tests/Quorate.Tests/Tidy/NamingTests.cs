using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Quorate.Tests.Tidy;

public sealed class NamingTests
{
    private static readonly string[] BannedSuffixes = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Base", "Common"];

    [Fact]
    public void No_type_and_no_folder_has_a_name_that_says_nothing()
    {
        var types = SourceTree.Projects.SelectMany(p => ProjectSource.Of(p).Types()).Where(t => IsBanned(t.Type.Identifier.Text)).Select(t => $"{t.Path}: {t.Type.Identifier.Text}");
        var folders = SourceTree.Files("src", ".cs").Concat(SourceTree.Files("tools", ".cs")).SelectMany(f => f.Split('/')[1..^1]).Distinct().Where(IsBanned);
        Assert.Empty(types.Concat(folders));
    }

    [Fact]
    public void There_are_no_regions_and_no_partial_classes_written_by_hand()
    {
        var wrong = SourceTree.Projects.SelectMany(p => ProjectSource.Of(p).Trees).Where(t =>
            t.GetRoot().DescendantTrivia().Any(x => x.IsKind(SyntaxKind.RegionDirectiveTrivia))
            || t.GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>().Any(IsPartialWithoutGenerator));
        Assert.Empty(wrong.Select(t => t.FilePath));
    }

    [Fact]
    public void A_class_is_sealed_static_or_abstract() => Assert.Empty(
        SourceTree.Projects.SelectMany(p => ProjectSource.Of(p).Types()).Where(t => t.Type is ClassDeclarationSyntax or RecordDeclarationSyntax
            && !t.Type.IsKind(SyntaxKind.RecordStructDeclaration)
            && !t.Type.Modifiers.Any(m => m.Kind() is SyntaxKind.SealedKeyword or SyntaxKind.StaticKeyword or SyntaxKind.AbstractKeyword))
            .Select(t => $"{t.Path}: {t.Type.Identifier.Text}"));

    private static bool IsBanned(string name) => BannedSuffixes.Any(s => name.EndsWith(s, StringComparison.Ordinal));

    /// <summary>A source generator (regular expressions, JSON, logging, P/Invoke) needs its class partial; it shows by an attribute in it.</summary>
    private static bool IsPartialWithoutGenerator(TypeDeclarationSyntax type) =>
        type.Modifiers.Any(SyntaxKind.PartialKeyword)
        && !type.DescendantNodesAndSelf().OfType<AttributeSyntax>().Any(a => a.Name.ToString() is "GeneratedRegex" or "JsonSerializable" or "LoggerMessage" or "LibraryImport")
        && !type.DescendantNodes().OfType<TypeDeclarationSyntax>().Any(t => t.Modifiers.Any(SyntaxKind.PartialKeyword));
}
