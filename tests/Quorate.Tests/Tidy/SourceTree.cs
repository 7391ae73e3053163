using System.Reflection;

namespace Quorate.Tests.Tidy;

/// <summary>The files of the project, as they are in its folder.</summary>
internal static class SourceTree
{
    private static readonly string[] Generated = ["bin", "obj", ".git", "node_modules", "TestResults"];

    public static string Root { get; } = Path.GetFullPath(
        typeof(SourceTree).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "QuorateRoot").Value!);

    public static IEnumerable<string> Projects => Files("src", ".csproj").Select(f => Path.GetFileNameWithoutExtension(f)!);

    /// <summary>The files below a folder whose names end in a certain way, with paths relative to the root, in ordinal order.</summary>
    public static IReadOnlyList<string> Files(string below, string ending)
    {
        var start = Path.Combine(Root, below);
        return Directory.Exists(start) ? [.. Walk(start).Where(f => f.EndsWith(ending, StringComparison.Ordinal)).Select(Relative).Order(StringComparer.Ordinal)] : [];
    }

    public static string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder).Where(d => !Generated.Contains(Path.GetFileName(d))).SelectMany(Walk));

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');
}
