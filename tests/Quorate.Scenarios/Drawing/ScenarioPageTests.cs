using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Writing;
using Quorate.Cli.Drawing;
using Quorate.Cli.Scenarios;
using Quorate.Cli.Scenarios.Runs;
using Quorate.Simulation.Tracing;

namespace Quorate.Scenarios.Drawing;

/// <summary>The page of a run of real services: the record changes nothing, and what happened is on it.</summary>
[Trait("Speed", "Slow")]
public sealed class ScenarioPageTests
{
    private const int Seed = 42;

    [Theory]
    [InlineData("raft-kv")]
    [InlineData("raft-watch")]
    [InlineData("raft-lease")]
    [InlineData("raft-membership")]
    [InlineData("raft-liveness")]
    public void A_recorded_run_is_the_same_run_and_its_page_can_be_written(string name)
    {
        var scenario = ScenarioCatalog.Named(name)!;
        var recorded = Recorded(scenario);

        Assert.Equal(scenario.Run(Seed).TraceHash, recorded.TraceHash);
        using var writer = new StringWriter();
        var size = PageWriter.Write(ScenarioPage.Of(scenario, recorded, "again"), writer);
        Assert.InRange(size.Bytes, 100_000, 2_000_000);
    }

    [Fact]
    public void Leaders_messages_by_name_faults_and_operations_are_on_the_page()
    {
        var scenario = ScenarioCatalog.Named("raft-kv")!;
        var page = ScenarioPage.Of(scenario, Recorded(scenario), "again");

        Assert.Equal(PageVerdict.Valid, page.Verdict);
        Assert.Contains(page.Spans, s => s.Kind == SpanKind.Leader && s.Label.StartsWith("leads term ", StringComparison.Ordinal));
        Assert.Contains(page.Spans, s => s.Kind == SpanKind.NetworkFault);
        Assert.Contains(page.Marks, m => m.Kind == MarkKind.Boot);
        Assert.Contains(page.Marks, m => m.Kind == MarkKind.Commit);
        Assert.Contains(page.Messages, m => m is { Label: "heartbeat", IsRoutine: true, Fate: MessageFate.Arrived });
        Assert.Contains(page.Messages, m => m.Label.StartsWith("append ", StringComparison.Ordinal) && !m.IsRoutine);
        Assert.Contains(page.Messages, m => m.Label.Contains("vote yes", StringComparison.Ordinal));
        Assert.Equal(Recorded(scenario).History.Count(e => e.Type == Quorate.Checking.Histories.HistoryEventType.Invoke), page.Operations.Count);
        Assert.All(page.Operations, o => Assert.Equal(LaneKind.Client, page.Lanes[o.Lane].Kind));
    }

    [Fact]
    public void Two_nodes_never_lead_one_term_on_the_page()
    {
        var scenario = ScenarioCatalog.Named("raft-membership")!;
        var leaders = ScenarioPage.Of(scenario, Recorded(scenario), "").Spans.Where(s => s.Kind == SpanKind.Leader).ToList();

        Assert.NotEmpty(leaders);
        Assert.All(leaders.GroupBy(s => s.Label), term => Assert.Single(term.Select(s => s.Lane).Distinct()));
    }

    private static SeedResult Recorded(IScenario scenario) =>
        scenario.Run(new RunInput(Seed, Record: new RecordOptions { Streams = () => new PeerLabeler() }));
}
