using System.Reflection;

namespace Quorate.Interop.Processes;

/// <summary>Where things are.</summary>
internal static class Project
{
    /// <summary>The root of the project.</summary>
    public static string Root { get; } = typeof(Project).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(a => a.Key == "QuorateRoot").Value!;

    /// <summary>The command line's assembly, built next to the tests.</summary>
    public static string CommandLine { get; } = Path.Combine(AppContext.BaseDirectory, "quorate.dll");

    /// <summary>A program on the path, or null.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
