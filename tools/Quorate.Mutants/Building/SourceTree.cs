using System.Reflection;

namespace Quorate.Mutants.Building;

/// <summary>The source tree that this program was built from, and what was built from it.</summary>
internal static class SourceTree
{
    /// <summary>The tree's root.</summary>
    public static string Root { get; } = Path.GetFullPath(
        typeof(SourceTree).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "QuorateRoot").Value!);

    /// <summary>The configuration that this program was built in.</summary>
    public static string Configuration { get; } =
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            ? "Release" : "Debug";

    /// <summary>Where this program, and with it the command line, was built to.</summary>
    public static string Program => Path.Combine(Root, "tools", "Quorate.Mutants", "bin", Configuration, "net10.0");

    /// <summary>The sources of a project, in the order of their paths.</summary>
    /// <param name="project">The project's name.</param>
    public static IReadOnlyList<string> SourcesOf(string project)
    {
        var home = Path.Combine(Root, "src", project);
        return [.. Directory.EnumerateFiles(home, "*.cs", SearchOption.AllDirectories)
            .Where(f => Path.GetRelativePath(home, f).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"))
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>What the build generates for a project: the usings of every file, and the attributes of the assembly.</summary>
    /// <param name="project">The project's name.</param>
    /// <exception cref="FileNotFoundException">The project was not built.</exception>
    public static IReadOnlyList<string> GeneratedOf(string project)
    {
        var home = Path.Combine(Root, "src", project, "obj", Configuration, "net10.0");
        string[] files = [Path.Combine(home, $"{project}.GlobalUsings.g.cs"), Path.Combine(home, $"{project}.AssemblyInfo.cs")];
        return files.FirstOrDefault(f => !File.Exists(f)) is { } missing
            ? throw new FileNotFoundException($"{missing} is missing: build {project} first")
            : files;
    }

    /// <summary>A path below the root, with slashes.</summary>
    /// <param name="path">The path.</param>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace(Path.DirectorySeparatorChar, '/');
}
