using Quorate.Checking.Findings;
using Quorate.Checking.Pages.Figures;
using Quorate.Cli.Lab.Runs;
using Quorate.Cli.Lab.Stores;

namespace Quorate.Cli.Lab.Pacelc;

/// <summary>Without any fault, a replicated store is as slow as its links or shows old values.</summary>
/// <param name="nearest">The tuning that is said to be fast and inconsistent; another one shows nothing.</param>
internal sealed class PacelcExperiment(Tuning? nearest = null) : IExperiment
{
    private static readonly double[] LatenciesMs = [0.5, 2, 10, 40];

    public string Name => "pacelc";

    public string Shows => "without any partition, a store pays for consistency with the links' latency, or for speed with old values";

    public string Source => "Abadi, Consistency tradeoffs in modern distributed database system design, IEEE Computer 2012";

    public ExperimentResult Run(ExperimentInput input)
    {
        var worlds = new WorldTally();
        var majority = Tuning.Majority(SitesRun.Sites);
        var consistent = Sweep(input.Seed, "quorum reads and writes", majority, worlds);
        var mixed = Sweep(input.Seed, "local reads, quorum writes", majority with { Reads = 1 }, worlds);
        var fast = Sweep(input.Seed, "local reads and writes", nearest ?? Tuning.Nearest, worlds);
        var explained = SitesRun.Explain(input.Seed, LatenciesMs[^1], nearest ?? Tuning.Nearest, worlds, input.IsFilmed, out var film);
        return new ExperimentResult
        {
            SetUp =
            [
                $"{SitesRun.Sites} sites hold one register; a client at the first writes it, clients at the others read it, for "
                    + $"{SitesRun.Time.TotalSeconds:0} s. Nothing is lost, cut or crashed: only the latency of the links differs, and writes "
                    + "take four times as long to the third site.",
                "A quorum read asks a majority and takes the newest answer; a quorum write asks a majority for the last number and then lets a "
                    + "majority take the value. A local read or write ends at the client's own site, and writes travel behind it.",
                "A read is old when it gave a value before the last one that was acknowledged when it began.",
            ],
            Tables = [TableOf([.. consistent, .. mixed, .. fast])],
            Claims = ClaimsOf(consistent, fast, mixed, explained),
            Charts = [LatencyChart(consistent, mixed, fast), StaleChart(consistent, mixed, fast)],
            Worlds = worlds,
            Film = film,
        };
    }

    private static SitesResult[] Sweep(ulong seed, string name, Tuning tuning, WorldTally worlds) =>
        [.. LatenciesMs.Select(ms => SitesRun.Of(seed, ms, tuning, worlds) with { Name = name })];

    private static Claim[] ClaimsOf(SitesResult[] consistent, SitesResult[] fast, SitesResult[] mixed, SitesResult explained) =>
    [
        new("a consistent read takes a round trip at any latency", consistent.All(r => r.ReadP50 >= 2 * r.LatencyMs),
            string.Join(", ", consistent.Select(r => $"{Numbers.Ms(r.ReadP50)} at {Numbers.Ms(r.LatencyMs)}"))),
        new("and is never old: the history is linearizable", consistent.All(r => r.Stale == 0 && r.Verdict == CheckOutcome.Valid),
            $"{consistent.Sum(r => r.Stale)} of {Numbers.Count(consistent.Sum(r => r.Reads))} reads old"),
        new("a local read waits for no link", fast.All(r => r.ReadP99 < LatenciesMs[0]), $"p99 at most {Numbers.Ms(fast.Max(r => r.ReadP99))}"),
        new("and may be old, the more often the slower the links are", fast[0].StalePart < fast[^1].StalePart && fast[^1].StalePart > 0,
            string.Join(", ", fast.Select(r => $"{Numbers.Percent(r.StalePart)} at {Numbers.Ms(r.LatencyMs)}"))),
        new("which the checker finds", explained is { Verdict: CheckOutcome.Invalid, IsConfirmed: true },
            $"{Checked.Word(explained.Verdict)}, {(explained.IsConfirmed ? "confirmed" : "not confirmed")}"),
        new("quorum writes alone do not help: reads and writes must meet", mixed.Sum(r => r.Stale) > 0,
            $"{mixed.Sum(r => r.Stale)} of {Numbers.Count(mixed.Sum(r => r.Reads))} local reads old, with writes that wait for a majority"),
    ];

    private static PageTable TableOf(SitesResult[] all) => new(
        "latency against age",
        ["tuning", "link, one way", "reads", "read p50", "read p99", "write p50", "write p99", "old reads", "verdict"],
        [.. all.Select(r => (string[])
        [
            r.Name, Numbers.Ms(r.LatencyMs), Numbers.Count(r.Reads), Numbers.Ms(r.ReadP50), Numbers.Ms(r.ReadP99), Numbers.Ms(r.WriteP50),
            Numbers.Ms(r.WriteP99), Numbers.Percent(r.StalePart), Checked.Word(r.Verdict),
        ])]);

    private static PageChart LatencyChart(params SitesResult[][] sweeps) => new(
        "median latency of a read, by the latency of a link",
        new ChartAxis("link, one way (ms)", IsLogarithmic: true),
        new ChartAxis("read p50 (ms)", IsLogarithmic: true),
        [.. sweeps.Select(s => new ChartSeries(s[0].Name, [.. s.Select(r => new ChartPoint(r.LatencyMs, r.ReadP50))]))]);

    private static PageChart StaleChart(params SitesResult[][] sweeps) => new(
        "reads that are old, by the latency of a link",
        new ChartAxis("link, one way (ms)", IsLogarithmic: true),
        new ChartAxis("part of the reads"),
        [.. sweeps.Select(s => new ChartSeries(s[0].Name, [.. s.Select(r => new ChartPoint(r.LatencyMs, r.StalePart))]))]);
}
