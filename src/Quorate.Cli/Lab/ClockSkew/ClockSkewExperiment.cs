using Quorate.Checking.Findings;
using Quorate.Checking.Pages.Figures;
using Quorate.Cli.Lab.Runs;

namespace Quorate.Cli.Lab.ClockSkew;

/// <summary>Last write wins by the wall clock loses the last write where clocks differ.</summary>
/// <param name="blamed">What is said to lose writes; another order shows nothing.</param>
internal sealed class ClockSkewExperiment(WriteOrder blamed = WriteOrder.WallClock) : IExperiment
{
    private const int Rounds = 80;
    private const double ExplainedSkewMs = 80;
    private const int ExplainedRounds = 12;
    private static readonly double[] SkewsMs = [0, 2, 10, 20, 40, 60, 80, 100, 200];

    public string Name => "clock-skew";

    public string Shows => "last write wins by wall clocks loses an acknowledged later write, the more often the more the clocks differ";

    public string Source => "Lamport, CACM 1978; Kulkarni and others, Logical physical clocks, OPODIS 2014";

    public ExperimentResult Run(ExperimentInput input)
    {
        var worlds = new WorldTally();
        var wall = Sweep(input.Seed, blamed, worlds);
        var hybrid = Sweep(input.Seed, WriteOrder.HybridClock, worlds);
        var revision = SkewRun.OfRaft(input.Seed, SkewsMs[^1], Rounds / 2, worlds);
        var explained = SkewRun.OfStamps(input.Seed, blamed, ExplainedSkewMs, ExplainedRounds, worlds, true, input.IsFilmed, out var film);
        return new ExperimentResult
        {
            SetUp =
            [
                "Three nodes hold every key; a write is acknowledged when all three have it. In each round n1 writes a key, then n2 writes it "
                    + "after the first write was acknowledged, 5 to 105 ms after it began, and then n3 reads it.",
                "The clock of n1 is ahead. A write is stamped with the wall clock of the node that takes it, or with the same and never less "
                    + "than what that node has seen (a hybrid clock); the greater stamp stays.",
                "The revision is that of the shipped coordination service, on Raft, with the clock of one node ahead in the same way.",
            ],
            Tables = [TableOf([.. wall, .. hybrid, revision])],
            Claims = ClaimsOf(wall, hybrid, revision, explained),
            Charts = [ChartOf(wall, hybrid)],
            Worlds = worlds,
            Film = film,
        };
    }

    private static SkewResult[] Sweep(ulong seed, WriteOrder order, WorldTally worlds) =>
        [.. SkewsMs.Select(ms => SkewRun.OfStamps(seed, order, ms, Rounds, worlds, false, false, out _))];

    private static Claim[] ClaimsOf(SkewResult[] wall, SkewResult[] hybrid, SkewResult revision, SkewResult explained) =>
    [
        new("clocks that agree lose nothing", wall[0] is { Lost: 0, Verdict: CheckOutcome.Valid }, Words(wall[0])),
        new("as they differ more, more later writes are lost",
            wall.Zip(wall.Skip(1)).All(p => p.First.Lost <= p.Second.Lost) && wall[^1].Lost > wall[1].Lost,
            string.Join(", ", wall.Select(r => $"{Numbers.Percent(r.LostPart)} at {Numbers.Ms(r.SkewMs)}"))),
        new("up to all, once the clocks differ by more than the writes do",
            wall[^1].Rounds > 0 && wall[^1].Lost == wall[^1].Rounds, Words(wall[^1])),
        new("which the checker finds",
            wall[^1].Verdict == CheckOutcome.Invalid && explained is { Verdict: CheckOutcome.Invalid, IsConfirmed: true },
            $"{Checked.Word(explained.Verdict)}, {(explained.IsConfirmed ? "confirmed" : "not confirmed")}"),
        new("a hybrid clock loses none", hybrid.All(r => r is { Lost: 0, Rounds: > 0, Verdict: CheckOutcome.Valid }),
            $"{hybrid.Sum(r => r.Lost)} of {hybrid.Sum(r => r.Rounds)}"),
        new("nor does a revision", revision is { Lost: 0, Rounds: > 0, Verdict: CheckOutcome.Valid }, Words(revision)),
    ];

    private static string Words(SkewResult result) => $"{result.Lost} of {result.Rounds} at {Numbers.Ms(result.SkewMs)}";

    private static PageTable TableOf(SkewResult[] results) => new(
        "acknowledged later writes that a read after them does not show",
        ["ordered by", "clock ahead by", "later writes", "lost", "part", "verdict"],
        [.. results.Select(r => (string[])
        [
            r.Order switch { WriteOrder.WallClock => "wall clock", WriteOrder.HybridClock => "hybrid clock", _ => "revision (Raft)" },
            Numbers.Ms(r.SkewMs), $"{r.Rounds}", $"{r.Lost}", Numbers.Percent(r.LostPart), Checked.Word(r.Verdict),
        ])]);

    private static PageChart ChartOf(SkewResult[] wall, SkewResult[] hybrid) => new(
        "later writes lost, by how far one clock is ahead",
        new ChartAxis("clock ahead by (ms)"),
        new ChartAxis("part of the later writes") { Max = 1 },
        [
            new ChartSeries("wall clock", [.. wall.Select(r => new ChartPoint(r.SkewMs, r.LostPart))]),
            new ChartSeries("hybrid clock", [.. hybrid.Select(r => new ChartPoint(r.SkewMs, r.LostPart))]),
        ]);
}
