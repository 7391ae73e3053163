using System.Reflection;

namespace Quorate.Scenarios.Project;

/// <summary>Where the project's own files and its built command line are.</summary>
internal static class ProjectFolder
{
    public static string Root { get; } = Path.GetFullPath(
        typeof(ProjectFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "QuorateRoot").Value!);

    /// <summary>The command line's build output of a configuration, such as Release.</summary>
    public static string CommandLine(string configuration) => Path.Combine(Root, "src", "Quorate.Cli", "bin", configuration, "net10.0");

    /// <summary>The configuration that this test was built in.</summary>
    public static string Configuration =>
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
}
