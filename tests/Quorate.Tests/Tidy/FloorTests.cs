using System.Xml.Linq;

namespace Quorate.Tests.Tidy;

/// <summary>A project references lower floors only. ARCHITECTURE.md draws them.</summary>
public sealed class FloorTests
{
    private static readonly Dictionary<string, string[]> Floors = new()
    {
        ["Quorate.Kernel"] = [],
        ["Quorate.Protocols"] = ["Quorate.Kernel"],
        ["Quorate.Storage"] = ["Quorate.Kernel"],
        ["Quorate.Runtime"] = ["Quorate.Kernel"],
        ["Quorate.Simulation"] = ["Quorate.Kernel"],
        ["Quorate.Checking"] = ["Quorate.Kernel"],
        ["Quorate.Testing"] = ["Quorate.Simulation", "Quorate.Checking"],
        ["Quorate.Services"] = ["Quorate.Kernel", "Quorate.Protocols", "Quorate.Storage"],
        ["Quorate.Client"] = ["Quorate.Services"],
        ["Quorate.Hosting"] = ["Quorate.Client", "Quorate.Services", "Quorate.Runtime"],
        ["Quorate.Server"] = ["Quorate.Hosting"],
        ["Quorate.Cli"] = ["Quorate.Server", "Quorate.Simulation", "Quorate.Checking", "Quorate.Testing"],
    };

    [Fact]
    public void Every_project_has_its_floor() => Assert.Equal(Floors.Keys.Order(StringComparer.Ordinal), SourceTree.Projects);

    [Fact]
    public void Every_project_references_what_its_floor_allows_and_nothing_else()
    {
        foreach (var (project, allowed) in Floors)
        {
            var references = Items(project, "ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r)!);
            Assert.Equal(allowed.Order(StringComparer.Ordinal), references.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Below_the_client_and_the_hosts_there_is_the_base_class_library_alone()
    {
        foreach (var project in Floors.Keys.Where(p => p is not ("Quorate.Client" or "Quorate.Hosting" or "Quorate.Server" or "Quorate.Cli")))
        {
            Assert.Empty(Items(project, "PackageReference"));
            Assert.Empty(Items(project, "FrameworkReference"));
        }
    }

    private static IEnumerable<string> Items(string project, string kind) =>
        XDocument.Parse(SourceTree.Read($"src/{project}/{project}.csproj")).Descendants(kind).Select(e => (string)e.Attribute("Include")!);
}
