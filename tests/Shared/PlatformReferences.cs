using Microsoft.CodeAnalysis;

namespace Shared;

/// <summary>What a compilation in a test refers to.</summary>
internal static class PlatformReferences
{
    /// <summary>What the SDK gives every file of a project.</summary>
    public const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    // Shared by all compilations: each would read some three hundred assemblies for itself otherwise.
    private static readonly Lazy<IReadOnlyList<(string Name, MetadataReference Reference)>> All = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(f => (Path: f, Name: Path.GetFileNameWithoutExtension(f)))
            .Where(f => !f.Name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            .Select(f => (f.Name, (MetadataReference)MetadataReference.CreateFromFile(f.Path)))]);

    /// <summary>What the test process itself runs on, with one assembly left out, and without the compiler.</summary>
    public static IEnumerable<MetadataReference> Without(string name = "") => All.Value.Where(r => r.Name != name).Select(r => r.Reference);
}
