using System.Text.RegularExpressions;
using Quorate.Cli.Scenarios;
using Quorate.Scenarios.Project;

namespace Quorate.Scenarios.Simulation;

/// <summary>Every branch of the production code that is marked as rare is reached over the seeds that run here: none is untested hope.</summary>
[Trait("Speed", "Slow")]
public sealed class SometimesTests
{
    private const int MarksMin = 10;
    private static readonly Regex Mark = new("(?<!ModelProperty\\.)Sometimes\\(\"(?<branch>[^\"]+)\"\\)", RegexOptions.CultureInvariant);

    // By scenario, as many seeds as it takes with room to spare; a seed is stopped for once all marks are reached.
    private static readonly (string Scenario, ulong Seeds)[] Runs = [("raft-kv", 60), ("raft-membership", 60), ("raft-liveness", 20), ("raft-watch", 20), ("raft-values", 40), ("replica-rot", 20), ("raft-upgrade", 10)];

    [Fact]
    public void Every_marked_branch_is_reached()
    {
        var missing = Marks();
        Assert.True(missing.Count >= MarksMin, $"only {missing.Count} branches are marked");
        foreach (var (scenario, seeds) in Runs)
        {
            for (ulong seed = 1; seed <= seeds && missing.Count > 0; seed++)
                missing.ExceptWith(ScenarioCatalog.Named(scenario)!.Run(seed).Reached.Keys);
        }
        Assert.True(missing.Count == 0, $"never reached: {string.Join("; ", missing)}");
    }

    private static SortedSet<string> Marks()
    {
        var source = Path.Combine(ProjectFolder.Root, "src");
        var files = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));
        return new SortedSet<string>(
            files.SelectMany(f => Mark.Matches(File.ReadAllText(f)).Select(m => m.Groups["branch"].Value)), StringComparer.Ordinal);
    }
}
