using Quorate.Checking.Pages.Figures;
using Quorate.Cli.Lab.Runs;

namespace Quorate.Cli.Lab.FailureDetection;

/// <summary>Who suspects soon suspects the living; who waits learns of the dead late.</summary>
/// <param name="busy">The surroundings that make detectors err; in quiet ones nothing is shown.</param>
internal sealed class FailureDetectionExperiment(Surroundings? busy = null) : IExperiment
{
    private const int Crashes = 20;
    private const double PhiCompared = 8;
    private const double SlowerMin = 1.5;
    private static readonly double[] TimeoutsMs = [150, 200, 300, 400, 600, 800, 1_200, 1_600];
    private static readonly double[] Thresholds = [0.5, 1, 2, 4, 8, 12, 16];

    public string Name => "failure-detection";

    public string Shows => "a detector that suspects the dead sooner suspects the living more often, whatever its setting";

    public string Source => "Chandra and Toueg, JACM 1996; Chen, Toueg, Aguilera, IEEE ToC 2002; Hayashibara and others, SRDS 2004";

    public ExperimentResult Run(ExperimentInput input)
    {
        var worlds = new WorldTally();
        var quiet = Heartbeats.Of(input.Seed, Surroundings.Quiet, Detectors(), Crashes, worlds, false, out _);
        var hard = Heartbeats.Of(input.Seed, busy ?? Surroundings.Busy, Detectors(), Crashes, worlds, false, out _);
        Heartbeats.Of(input.Seed, busy ?? Surroundings.Busy, [Detector.Fixed(TimeoutsMs[0])], 1, worlds, input.IsFilmed, out var film);
        return new ExperimentResult
        {
            SetUp =
            [
                $"A node sends a heartbeat every {Heartbeats.EveryMs:0} ms, pauses now and then, and crashes {Crashes} times after 15 to 35 s. A "
                    + "watcher has a detector for each setting; all hear the same heartbeats.",
                "Quiet: a local network, pauses of at most 40 ms. Busy: links of 20 to 60 ms with a tail of up to 400 ms, one heartbeat of a "
                    + "hundred lost, and pauses of up to 800 ms, most of them short.",
                "A time-out waits for a fixed time after a heartbeat. Phi waits until so late a heartbeat is as unlikely as ten to minus its "
                    + "threshold, by the mean and the deviation of the last 200 intervals.",
            ],
            Tables = [TableOf([.. quiet, .. hard])],
            Claims = ClaimsOf(quiet, hard),
            Charts = [ChartOf("busy", hard), ChartOf("quiet", quiet)],
            Worlds = worlds,
            Film = film,
        };
    }

    private static Detector[] Detectors() => [.. TimeoutsMs.Select(Detector.Fixed), .. Thresholds.Select(Detector.Phi)];

    private static Claim[] ClaimsOf(DetectorResult[] quiet, DetectorResult[] busy)
    {
        var all = (DetectorResult[])[.. quiet, .. busy];
        var (soonest, sure) = (busy.MinBy(d => d.MeanMs)!, busy.Where(d => d.Mistakes == 0).MinBy(d => d.MeanMs));
        var phi = quiet.Single(d => d.Family == "phi" && d.Setting == PhiCompared);
        var phiBusy = busy.Single(d => d.Family == "phi" && d.Setting == PhiCompared);
        var even = busy.Where(d => d.Family != "phi" && d.Mistakes <= phiBusy.Mistakes).MinBy(d => d.Setting);
        var evenQuiet = even is null ? null : quiet.Single(d => d.Family != "phi" && d.Setting == even.Setting);
        return
        [
            new("every crash is detected, by every setting", all.All(d => double.IsFinite(d.MaxMs)),
                $"{all.Count(d => double.IsFinite(d.MaxMs))} of {all.Length} settings, after {Numbers.Ms(all.Max(d => d.MaxMs))} at most"),
            new("with each step of its setting a detector errs less and takes longer",
                all.GroupBy(d => (d.Surroundings, d.Family)).All(IsTrade),
                $"{all.GroupBy(d => (d.Surroundings, d.Family)).Count(IsTrade)} of 4 curves"),
            new("none is both soonest and free of mistakes",
                soonest.Mistakes > 0 && (sure is null || sure.MeanMs > 2 * soonest.MeanMs),
                $"the soonest takes {Numbers.Ms(soonest.MeanMs)} and errs {soonest.Mistakes} times; "
                + (sure is null ? "each errs" : $"the soonest that never errs takes {Numbers.Ms(sure.MeanMs)}")),
            new("one threshold of phi fits both surroundings; a time-out that errs no more where it is busy is slower where it is quiet",
                evenQuiet is not null && evenQuiet.MeanMs > SlowerMin * phi.MeanMs,
                $"phi {PhiCompared}: {Numbers.Ms(phi.MeanMs)} quiet; time-out of {even?.Setting} ms: {Numbers.Ms(evenQuiet?.MeanMs ?? 0)}"),
        ];
    }

    private static bool IsTrade(IEnumerable<DetectorResult> curve)
    {
        var settings = curve.OrderBy(d => d.Setting).ToArray();
        return settings.Zip(settings.Skip(1)).All(p => p.First.Mistakes >= p.Second.Mistakes && p.First.MeanMs <= p.Second.MeanMs);
    }

    private static PageTable TableOf(DetectorResult[] results) => new(
        "suspicion against detection",
        ["surroundings", "detector", "setting", "mistakes", "an hour", "of the time", "detection, mean", "most"],
        [.. results.Select(d => (string[])
        [
            d.Surroundings, d.Family, d.Family == "phi" ? Numbers.Plain(d.Setting) : Numbers.Ms(d.Setting), $"{d.Mistakes}",
            Numbers.Plain(Math.Round(d.MistakesAnHour)), d.MistakenPart.ToString("0.00 %", System.Globalization.CultureInfo.InvariantCulture),
            Numbers.Ms(Math.Round(d.MeanMs)), Numbers.Ms(Math.Round(d.MaxMs)),
        ])]);

    private static PageChart ChartOf(string name, DetectorResult[] results) => new(
        $"false suspicions against detection time, {name}",
        new ChartAxis("time to detect a crash, mean (ms)"),
        new ChartAxis("false suspicions an hour", IsLogarithmic: true),
        [.. results.GroupBy(d => d.Family).Select(g => new ChartSeries(
            g.Key, [.. g.OrderBy(d => d.Setting).Select(d => new ChartPoint(d.MeanMs, d.MistakesAnHour))]))]);
}
