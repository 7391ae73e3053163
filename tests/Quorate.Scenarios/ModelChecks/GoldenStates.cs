using Quorate.Checking.ModelChecking;
using Quorate.Scenarios.Project;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>
/// The sizes of the models are pinned in states.golden: they change only with a protocol or its model, and one should know why. UPDATE=1
/// writes them anew.
/// </summary>
internal static class GoldenStates
{
    private static readonly string Path = System.IO.Path.Combine(ProjectFolder.Root, "tests", "Quorate.Scenarios", "ModelChecks", "states.golden");
    private static readonly Lock Writing = new();

    /// <summary>A check holds, and has visited as many states by as many steps as its line says.</summary>
    public static void Match(string name, ModelVerdict verdict)
    {
        Assert.True(verdict.Outcome == ModelOutcome.Holds, $"{name}: {verdict}");
        var line = $"{name}: {verdict.States} states, {verdict.Steps} steps, depth {verdict.Depth}";
        lock (Writing)
        {
            var lines = File.ReadAllLines(Path);
            if (Environment.GetEnvironmentVariable("UPDATE") == "1")
                File.WriteAllLines(Path, lines.Where(l => !l.StartsWith($"{name}: ", StringComparison.Ordinal)).Append(line).Order(StringComparer.Ordinal));
            else
                Assert.Contains(line, lines);
        }
    }
}
