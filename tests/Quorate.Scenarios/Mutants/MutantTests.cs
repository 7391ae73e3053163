using Quorate.Cli.Scenarios;
using Quorate.Mutants.Edits;
using Quorate.Mutants.Running;

namespace Quorate.Scenarios.Mutants;

/// <summary>
/// Each well-known bug, put back into the production source, is caught by its scenario within the seeds that its file names: few, and known to
/// catch it soon. How many it takes anywhere is in docs/mutants.md.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class MutantTests(SharedMutants mutants, MutantTests.OneProbe one) : IClassFixture<MutantTests.OneProbe>
{
    private const int MutantsMin = 28;
    private const double SecondsMax = 300;

    /// <summary>Each mutant by its name; one alone runs with <c>./quorate mutants NAME --rounds 1</c>.</summary>
    public static TheoryData<string> Names => [.. SharedMutants.All.Select(m => m.Name)];

    [Fact]
    public void There_are_mutants_of_everything()
    {
        Assert.True(SharedMutants.All.Count >= MutantsMin, $"there are {SharedMutants.All.Count} mutants");
        Assert.All(SharedMutants.All, m => Assert.NotNull(ScenarioCatalog.Named(m.Scenario)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_mutant_is_caught(string name)
    {
        var mutant = SharedMutants.Named(name);
        var answer = await one.Probe(mutants).AskAsync(
            mutant, mutant.Scenario, mutant.Seeds, SecondsMax, 0, TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"{answer.Seeds} seeds, {answer.Seconds:0.0} s: {answer.Violation}");
        Assert.True(answer.Violation is not null, $"{mutant.Title}: not caught by {mutant.Scenario} in seeds {mutant.Seeds}");
    }

    [Theory] // Scenarios that between them run the code of every project with mutants.
    [InlineData("raft-kv", 2)]
    [InlineData("raft-history", 3)]
    [InlineData("lock-fencing", 1)]
    public async Task With_no_mutant_on_the_program_does_what_the_production_code_does(string scenario, ulong seed)
    {
        var answer = await one.Probe(mutants).AskAsync(
            null, scenario, new SeedRange(seed, seed), SecondsMax, 0, TestContext.Current.CancellationToken);
        Assert.Equal(ScenarioCatalog.Named(scenario)!.Run(seed).TraceHash, answer.TraceHash);
    }

    /// <summary>One process for all the mutants of this class: what they share is compiled to machine code once.</summary>
    public sealed class OneProbe : IDisposable
    {
        private ProbeProcess? probe;

        internal ProbeProcess Probe(SharedMutants mutants) => probe ??= mutants.StartProbe();

        public void Dispose() => probe?.Dispose();
    }
}
