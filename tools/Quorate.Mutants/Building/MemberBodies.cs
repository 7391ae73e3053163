using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Quorate.Mutants.Building;

/// <summary>A member's body in a source file.</summary>
/// <param name="Span">Where it is; of an expression body with the arrow and the semicolon.</param>
/// <param name="Text">Its text.</param>
/// <param name="Statements">The same as a block of statements.</param>
/// <param name="IsGetter">Whether it is the expression of a property without accessors.</param>
internal sealed record MemberBody(TextSpan Span, string Text, string Statements, bool IsGetter);

/// <summary>Finds the bodies of a source file: methods, constructors, operators, accessors and properties that are an expression.</summary>
internal sealed class MemberBodies : CSharpSyntaxWalker
{
    private readonly List<MemberBody> found = [];

    /// <summary>The bodies in their order, and what is left of the text without them.</summary>
    /// <param name="text">The file's text.</param>
    public static (IReadOnlyList<MemberBody> Bodies, string Outside) Of(string text)
    {
        var walker = new MemberBodies();
        walker.Visit(CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest)).GetRoot());
        var rest = text;
        foreach (var body in Enumerable.Reverse(walker.found))
            rest = rest.Remove(body.Span.Start, body.Span.Length).Insert(body.Span.Start, "@");
        return (walker.found, rest);
    }

    /// <inheritdoc/>
    public override void VisitMethodDeclaration(MethodDeclarationSyntax node) =>
        Take(node.Body, node.ExpressionBody, node.SemicolonToken, !IsVoid(node.ReturnType, node.Modifiers));

    /// <inheritdoc/>
    public override void VisitConstructorDeclaration(ConstructorDeclarationSyntax node) =>
        Take(node.Body, node.ExpressionBody, node.SemicolonToken, hasValue: false);

    /// <inheritdoc/>
    public override void VisitOperatorDeclaration(OperatorDeclarationSyntax node) =>
        Take(node.Body, node.ExpressionBody, node.SemicolonToken, hasValue: true);

    /// <inheritdoc/>
    public override void VisitPropertyDeclaration(PropertyDeclarationSyntax node)
    {
        if (node.ExpressionBody is not null)
            Take(null, node.ExpressionBody, node.SemicolonToken, hasValue: true, isGetter: true);
        else
            Visit(node.AccessorList);
    }

    /// <inheritdoc/>
    public override void VisitIndexerDeclaration(IndexerDeclarationSyntax node)
    {
        if (node.ExpressionBody is not null)
            Take(null, node.ExpressionBody, node.SemicolonToken, hasValue: true, isGetter: true);
        else
            Visit(node.AccessorList);
    }

    /// <inheritdoc/>
    public override void VisitAccessorDeclaration(AccessorDeclarationSyntax node) =>
        Take(node.Body, node.ExpressionBody, node.SemicolonToken, node.IsKind(SyntaxKind.GetAccessorDeclaration));

    private static bool IsVoid(TypeSyntax type, SyntaxTokenList modifiers) =>
        type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword }
        || (modifiers.Any(SyntaxKind.AsyncKeyword) && type is IdentifierNameSyntax { Identifier.ValueText: "Task" or "ValueTask" });

    private void Take(BlockSyntax? block, ArrowExpressionClauseSyntax? arrow, SyntaxToken end, bool hasValue, bool isGetter = false)
    {
        if (block is not null)
            found.Add(new MemberBody(block.Span, block.ToString(), block.ToString(), false));
        if (arrow is null)
            return;
        var span = TextSpan.FromBounds(arrow.SpanStart, end.Span.End);
        var returns = hasValue && arrow.Expression is not ThrowExpressionSyntax ? "return " : "";
        found.Add(new MemberBody(span, arrow.ToString(), $"{{ {returns}{arrow.Expression}; }}", isGetter));
    }
}
