using Quorate.Scenarios.Project;

namespace Quorate.Scenarios.Golden;

/// <summary>
/// Each file of Raft/ is a scenario with every input, effect and change of state that comes of it. A trace that changed fails here until it
/// is written anew with UPDATE=1; commit that only when it is clear why it changed.
/// </summary>
public sealed class GoldenTraceTests
{
    private static readonly string Folder = Path.Combine(ProjectFolder.Root, "tests", "Quorate.Scenarios", "Golden", "Raft");

    public static TheoryData<string> Scenarios =>
        [.. Directory.GetFiles(Folder, "*.trace").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Raft_does_what_the_trace_says(string name)
    {
        var path = Path.Combine(Folder, name + ".trace");
        var written = (await File.ReadAllTextAsync(path)).ReplaceLineEndings("\n");
        var now = TraceScript.Run(written);
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
            await File.WriteAllTextAsync(path, now);
        else
            Assert.Equal(written, now);
    }

    [Fact]
    public void A_trace_fed_in_again_gives_the_same_trace()
    {
        var trace = TraceScript.Run("cluster 3\nelect n1\npropose n1 a\ndeliver");
        Assert.Contains("n3 . applies a", trace);
        Assert.Equal(trace, TraceScript.Run(trace));
    }

    [Theory]
    [InlineData("elect n1", "cluster")]
    [InlineData("cluster 3\nfly n1", "commands are")]
    [InlineData("cluster 3\ncrash n9", "no server n9")]
    [InlineData("cluster 3\ntransfer n1", "a word is missing")]
    [InlineData("cluster 3\ndrop n1", "no link")]
    public void A_scenario_that_makes_no_sense_is_refused(string scenario, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => TraceScript.Run(scenario)).Message);
}
