using Quorate.Checking.Pages.Writing;
using Quorate.Cli.Lab;
using Quorate.Cli.Lab.Cap;
using Quorate.Cli.Lab.ClockSkew;
using Quorate.Cli.Lab.Delivery;
using Quorate.Cli.Lab.FailureDetection;
using Quorate.Cli.Lab.Flp;
using Quorate.Cli.Lab.Pacelc;
using Quorate.Cli.Lab.Reports;
using Quorate.Cli.Lab.RetryStorm;
using Quorate.Cli.Lab.Runs;
using Quorate.Cli.Lab.SplitBrain;
using Quorate.Cli.Lab.Stores;
using Quorate.Cli.Lab.TwoGenerals;

namespace Quorate.Scenarios.Lab;

/// <summary>What theory says is seen whatever the seed, and is not seen where its cause is taken away.</summary>
[Trait("Speed", "Slow")]
public sealed class ExperimentTests
{
    public static TheoryData<string> Names => [.. LabCatalog.All.Select(e => e.Name)];

    /// <summary>The same experiments without what they blame: the adversary, the cut, the faults, the skew.</summary>
    public static TheoryData<string> Controls => [.. WithoutCause.Keys];

    private static SortedDictionary<string, IExperiment> WithoutCause => new(StringComparer.Ordinal)
    {
        ["two-generals"] = new TwoGeneralsExperiment(hasAdversary: false),
        ["flp"] = new FlpExperiment(hasAdversary: false),
        ["cap"] = new CapExperiment(isCut: false),
        ["pacelc"] = new PacelcExperiment(nearest: Tuning.Majority(SitesRun.Sites)),
        ["split-brain"] = new SplitBrainExperiment(isCut: false),
        ["clock-skew"] = new ClockSkewExperiment(blamed: WriteOrder.HybridClock),
        ["delivery"] = new DeliveryExperiment(hasFaults: false),
        ["failure-detection"] = new FailureDetectionExperiment(busy: Surroundings.Quiet),
        ["retry-storm"] = new RetryStormExperiment(isTriggered: false),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void What_theory_says_is_seen_with_another_seed(string name) => Assert.True(Run(LabCatalog.Named(name)!, 2).IsShown);

    [Theory]
    [MemberData(nameof(Controls))]
    public void Without_its_cause_nothing_is_shown(string name)
    {
        var control = WithoutCause[name];
        Assert.Equal(name, control.Name);
        var result = control.Run(new ExperimentInput(1));
        Assert.False(result.IsShown, ReportText.Of(control, result, 1));
        Assert.Contains(result.Claims, c => c.Holds);
    }

    [Fact]
    public void Every_experiment_has_a_control() => Assert.Equal(LabCatalog.All.Select(e => e.Name).Order(StringComparer.Ordinal), WithoutCause.Keys);

    [Theory]
    [Trait("Speed", "Slow")]
    [MemberData(nameof(Names))]
    public void What_theory_says_is_seen_and_its_page_has_at_most_two_megabytes(string name)
    {
        var experiment = LabCatalog.Named(name)!;
        var filmed = Run(experiment, 1, isFilmed: true);
        using var writer = new StringWriter();
        var page = LabPage.Of(experiment, filmed, 1);
        var size = PageWriter.Write(page, writer);
        Assert.InRange(size.Bytes, 90_000, 2_000_000);
        Assert.NotEmpty(page.Messages);
        Assert.NotEmpty(page.Tables);
        Assert.Contains("<figure class=\"measured\">", writer.ToString());
    }

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("two-generals")]
    [InlineData("delivery")]
    public void The_same_seed_gives_the_same_report_filmed_or_not(string name)
    {
        var experiment = LabCatalog.Named(name)!;
        Assert.Equal(
            ReportText.Of(experiment, Run(experiment, 3), 3),
            ReportText.Of(experiment, Run(experiment, 3, isFilmed: true), 3));
    }

    private static ExperimentResult Run(IExperiment experiment, ulong seed, bool isFilmed = false)
    {
        var result = experiment.Run(new ExperimentInput(seed, isFilmed));
        Assert.True(result.IsShown, ReportText.Of(experiment, result, seed));
        return result;
    }
}
