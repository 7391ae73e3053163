using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Quorate.Tests.Tidy;

/// <summary>
/// A simulated node restarts in its process, beside others: what a static holds would survive a crash and be shared (decision 0007).
/// </summary>
public sealed class StaticsTests
{
    private static readonly string[] Sealed =
        ["Quorate.Kernel", "Quorate.Protocols", "Quorate.Storage", "Quorate.Services", "Quorate.Simulation", "Quorate.Checking"];

    private static readonly string[] Changeable =
    [
        "Dictionary", "SortedDictionary", "List", "SortedList", "HashSet", "SortedSet", "Queue", "Stack", "PriorityQueue", "LinkedList", "Channel",
        "ConditionalWeakTable", "StringBuilder", "Random", "CancellationTokenSource", "TaskCompletionSource", "SemaphoreSlim", "AsyncLocal", "ThreadLocal",
        "ByteWriter", "MemoryStream", "Lazy", "WeakReference", "ArrayBufferWriter",
    ];

    // The mark of the strand that runs, by which work that leaves its strand is found. It is bound to the world's thread.
    private static readonly string[] Exceptions = ["src/Quorate.Simulation/Execution/EscapeDetector.cs: Mark"];

    [Fact]
    public void No_static_of_the_floors_that_are_simulated_holds_state() => Assert.Equal(
        Exceptions, Sealed.SelectMany(p => ProjectSource.Of(p).Trees).SelectMany(WithState));

    [Theory]
    [InlineData("static int count;")]
    [InlineData("static readonly Dictionary<int, int> Seen = [];")]
    [InlineData("[ThreadStatic] static object? current;")]
    [InlineData("static int Count { get; set; }")]
    [InlineData("static List<int> Seen { get; } = [];")]
    [InlineData("static event Action? Changed;")]
    public void A_static_that_holds_state_is_told(string member) =>
        Assert.Single(WithState(ProjectSource.Parse($"class C {{ {member} const int Max = 1; static readonly int Also = 2; static C Empty {{ get; }} = new(); }}", "x.cs")));

    private static IEnumerable<string> WithState(SyntaxTree tree) =>
        from member in tree.GetRoot().DescendantNodes().OfType<MemberDeclarationSyntax>()
        where member.Modifiers.Any(SyntaxKind.StaticKeyword)
        from name in HoldersOf(member)
        select $"{tree.FilePath}: {name}";

    private static IEnumerable<string> HoldersOf(MemberDeclarationSyntax member) => member switch
    {
        EventFieldDeclarationSyntax held => held.Declaration.Variables.Select(v => v.Identifier.Text),
        FieldDeclarationSyntax field when !field.Modifiers.Any(SyntaxKind.ReadOnlyKeyword) || IsChangeable(field.Declaration.Type) =>
            field.Declaration.Variables.Select(v => v.Identifier.Text),
        PropertyDeclarationSyntax { AccessorList: { } accessors } property when IsAutomatic(accessors)
            && (IsChangeable(property.Type) || accessors.Accessors.Any(a => a.IsKind(SyntaxKind.SetAccessorDeclaration))) => [property.Identifier.Text],
        _ => [],
    };

    private static bool IsAutomatic(AccessorListSyntax accessors) => accessors.Accessors.All(a => a.Body is null && a.ExpressionBody is null);

    private static bool IsChangeable(TypeSyntax type) =>
        type.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(name => Changeable.Contains(name.Identifier.Text));
}
