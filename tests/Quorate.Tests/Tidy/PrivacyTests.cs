using System.Text.RegularExpressions;

namespace Quorate.Tests.Tidy;

/// <summary>The project speaks of itself alone: no path of a machine and no package registry's host.</summary>
public sealed class PrivacyTests
{
    private static readonly string[] Endings = [".cs", ".md", ".csproj", ".props", ".targets", ".txt", ".proto", ".json", ".yml", ".slnx", "test", "quorate", "run"];

    private static readonly Regex PathOfMachine = new(@"(?<![\w.])/(work|home|root|Users|mnt)/[\w.]+", RegexOptions.CultureInvariant);

    private static readonly Regex Registry = new(@"(api\.nuget\.org|registry\.npmjs\.org|deb\.debian\.org|pypi\.org|artifactory|proxy\.golang\.org)", RegexOptions.CultureInvariant);

    [Fact]
    public void No_file_names_a_path_of_a_machine_or_the_host_of_a_registry()
    {
        var leaks = Endings.SelectMany(e => SourceTree.Files("", e)).Distinct().Where(f => !f.EndsWith("Tidy/PrivacyTests.cs", StringComparison.Ordinal))
            .SelectMany(f => SourceTree.Read(f).Split('\n').Select((line, i) => (Where: $"{f}:{i + 1}", Line: line)))
            .Where(l => PathOfMachine.IsMatch(l.Line) || Registry.IsMatch(l.Line)).Select(l => $"{l.Where}: {l.Line.Trim()}");
        Assert.Empty(leaks);
    }
}
