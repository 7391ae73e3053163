using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Quorate.Tests.Tidy;

/// <summary>Within a project a folder may use another, but never in a circle.</summary>
[Trait("Speed", "Slow")]
public sealed class FolderGraphTests
{
    public static TheoryData<string> Projects => [.. SourceTree.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    [Trait("Speed", "Slow")]
    public void The_folders_of_a_project_form_no_circle(string project)
    {
        var edges = Edges(ProjectSource.Of(project));
        var circle = Circle(edges.Keys.ToLookup(e => e.From, e => e.To));
        Assert.True(circle is null, circle is null ? "" : string.Join("\n", Explain(circle, edges)));
    }

    private static Dictionary<(string From, string To), string> Edges(ProjectSource project)
    {
        var edges = new Dictionary<(string, string), string>();
        foreach (var tree in project.Trees)
        {
            var model = project.Compilation.GetSemanticModel(tree);
            var from = Folder(tree.FilePath);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (model.GetSymbolInfo(name).Symbol is not { } symbol || symbol is INamespaceSymbol)
                    continue;
                var type = symbol as INamedTypeSymbol ?? symbol.ContainingType;
                var to = type?.Locations.FirstOrDefault(l => l.IsInSource)?.SourceTree?.FilePath is { } path && path.StartsWith("src/", StringComparison.Ordinal) ? Folder(path) : null;
                if (to is not null && to != from)
                    edges.TryAdd((from, to), $"{tree.FilePath} uses {type!.Name}");
            }
        }

        return edges;
    }

    private static string Folder(string path) => path[..path.LastIndexOf('/')];

    private static List<string>? Circle(ILookup<string, string> graph)
    {
        var done = new HashSet<string>();
        foreach (var start in graph.Select(g => g.Key).Order(StringComparer.Ordinal))
        {
            if (Search(start, []) is { } circle)
                return circle;
        }

        return null;

        List<string>? Search(string folder, List<string> path)
        {
            if (path.IndexOf(folder) is var at and >= 0)
                return [.. path[at..], folder];
            if (!done.Add(folder))
                return null;
            path.Add(folder);
            var found = graph[folder].Select(next => Search(next, path)).FirstOrDefault(c => c is not null);
            path.RemoveAt(path.Count - 1);
            return found;
        }
    }

    private static IEnumerable<string> Explain(List<string> circle, Dictionary<(string, string), string> edges) =>
        circle.Zip(circle.Skip(1), (from, to) => $"{from} -> {to}: {edges[(from, to)]}");
}
