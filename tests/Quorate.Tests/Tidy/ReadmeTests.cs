namespace Quorate.Tests.Tidy;

public sealed class ReadmeTests
{
    private static readonly string[] Homes = ["src/Quorate.Protocols", "src/Quorate.Services", "src/Quorate.Storage", "src/Quorate.Simulation", "src/Quorate.Checking"];

    private static readonly string[] RootFiles =
    [
        "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "docs/catalog.md", "docs/benchmarks.md", "docs/formats.md", "quorate", "test", ".ci/run",
    ];

    [Fact]
    public void Every_folder_of_what_is_proved_and_of_what_proves_has_a_README()
    {
        var folders = Homes.SelectMany(h => SourceTree.Files(h, ".cs").Where(f => f.Split('/').Length > 3).Select(f => string.Join('/', f.Split('/').Take(3)))).Distinct();
        Assert.Empty(folders.Where(f => !File.Exists(Path.Combine(SourceTree.Root, f, "README.md"))));
    }

    [Fact]
    public void A_protocols_README_says_guarantee_fault_model_departures_cost_and_proof()
    {
        foreach (var readme in SourceTree.Files("src/Quorate.Protocols", "README.md"))
        {
            var text = SourceTree.Read(readme).ToLowerInvariant();
            Assert.All(["guarantee", "fault model", "paper", "departures", "cost", "proof"], word => Assert.Contains(word, text));
        }
    }

    [Fact]
    public void The_root_holds_what_a_newcomer_looks_for() =>
        Assert.Empty(RootFiles.Where(f => !File.Exists(Path.Combine(SourceTree.Root, f))));

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var broken = new List<string>();
        foreach (var file in SourceTree.Files("", ".md"))
        {
            foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(SourceTree.Read(file), @"\]\(([^)#\s]+)[^)]*\)"))
            {
                var target = link.Groups[1].Value;
                var path = Path.Combine(SourceTree.Root, Path.GetDirectoryName(file)!, target);
                if (!target.Contains("://") && !File.Exists(path) && !Directory.Exists(path))
                    broken.Add($"{file}: {target}");
            }
        }

        Assert.Empty(broken);
    }
}
