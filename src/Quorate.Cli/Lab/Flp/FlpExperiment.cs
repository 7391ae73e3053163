using Quorate.Checking.Pages.Figures;
using Quorate.Cli.Lab.Runs;
using Quorate.Kernel.Encoding;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Lab.Flp;

/// <summary>
/// In an asynchronous network a deterministic consensus that does without any one node can be kept undecided for ever; a coin ends it.
/// </summary>
/// <param name="hasAdversary">Whether somebody chooses the order of the letters; without him nothing is shown.</param>
internal sealed class FlpExperiment(bool hasAdversary = true) : IExperiment
{
    private const int RoundsMax = 200;
    private const int RoundsFilmed = 6;
    private const int RoundsDrawn = 25;
    private const int Runs = 120;
    private const int LongRuns = 3;
    private static readonly FallbackRule[] Deterministic = [FallbackRule.Heard, FallbackRule.Zero, FallbackRule.Turn];

    public string Name => "flp";

    public string Shows => "whoever orders the messages keeps a deterministic consensus undecided, and loses none; a coin ends that";

    public string Source => "Fischer, Lynch, Paterson, JACM 1985; Ben-Or, PODC 1983";

    public ExperimentResult Run(ExperimentInput input)
    {
        var worlds = new WorldTally();
        var rules = Enum.GetValues<FallbackRule>().ToDictionary(rule => rule, rule => new Valency(rule));
        var kept = Deterministic.Select(rule => Group(input.Seed, rule, rules[rule], hasAdversary, LongRuns, worlds)).ToArray();
        var coins = Group(input.Seed, FallbackRule.Coin, rules[FallbackRule.Coin], hasAdversary, Runs, worlds);
        var free = rules.Select(rule => Group(input.Seed, rule.Key, rule.Value, false, Runs / 4, worlds)).ToArray();
        var equal = Deterministic.Select(rule => Single(
            input.Seed, new(rule, hasAdversary ? rules[rule] : null, RoundsMax, Valency.Inputs - 1), worlds)).ToArray();
        return new ExperimentResult
        {
            SetUp =
            [
                "Three nodes run Ben-Or's consensus, which waits for two values of three in each half of a round and so does without any one node. "
                    + "Every letter passes through a fourth machine, the network.",
                $"The adversary is that machine. It runs the nodes' own core through all {RoundOrder.Count} orders of a round to learn from which "
                    + "values both decisions are still possible, begins with such values, and hands on first the letters that keep it so; the "
                    + $"others follow when the nodes have gone on, after {Postman.HeldLimit.TotalMilliseconds:0} ms at the latest. Nobody crashes.",
                "A rule says what a node holds for right when a round told it nothing: what it heard from the other (heard), zero, what the "
                    + "round's number says, which is a coin that everybody foresees (turn), or a real coin.",
            ],
            Tables = [TableOf([.. kept, coins, .. free])],
            Claims = ClaimsOf(kept, coins, free, equal),
            Charts = [ChartOf(kept[^1], coins, free[^2])],
            Worlds = worlds,
            Film = Shoot(input, rules[FallbackRule.Turn], worlds),
        };
    }

    private static ConsensusRun[] Group(ulong seed, FallbackRule rule, Valency valency, bool isAdversarial, int runs, WorldTally worlds)
    {
        var bivalent = Bivalent(valency);
        var random = SeededRandom.For(seed, $"{rule} {isAdversarial}");
        return [.. Enumerable.Range(0, runs).Select(i => Single(
            StableHash.Combine(seed, (ulong)i),
            new(rule, isAdversarial ? valency : null, RoundsMax, bivalent[random.Next(bivalent.Length)]),
            worlds))];
    }

    // The adversary begins where both decisions are possible: lemma 2 of the paper says that there is such a beginning.
    private static int[] Bivalent(Valency valency) =>
        [.. Enumerable.Range(0, Valency.Inputs).Where(i => valency.IsBivalent(Valency.StateOf(i, 1)))];

    private static ConsensusRun Single(ulong seed, ConsensusSetting setting, WorldTally worlds) =>
        ConsensusRun.Of(setting, seed, worlds, isFilmed: false, out _);

    private Film? Shoot(ExperimentInput input, Valency valency, WorldTally worlds)
    {
        var setting = new ConsensusSetting(FallbackRule.Turn, hasAdversary ? valency : null, RoundsFilmed, Bivalent(valency)[0]);
        ConsensusRun.Of(setting, input.Seed, worlds, input.IsFilmed, out var film);
        return film is null ? null : film with
        {
            Caption = $"The picture: the first {RoundsFilmed} rounds with the rule turn. In each half of a round the adversary hands on the "
                + "letters that leave both decisions possible; the others arrive just after, when they count no more.",
        };
    }

    private static Claim[] ClaimsOf(ConsensusRun[][] kept, ConsensusRun[] coins, ConsensusRun[][] free, ConsensusRun[] equal)
    {
        var adversarial = kept.SelectMany(r => r).ToArray();
        var all = (ConsensusRun[])[.. adversarial, .. coins, .. free.SelectMany(r => r), .. equal];
        return
        [
            new("each deterministic rule is kept undecided", adversarial.All(r => r.IsUndecided),
                $"{adversarial.Count(r => r.IsUndecided)} of {adversarial.Length} runs undecided after {RoundsMax} rounds"),
            new("the schedule is fair: every letter arrives, nobody crashes",
                all.All(r => r.Sent == r.Received && r.Sent > 0 && r.HeldMax <= Postman.HeldLimit),
                $"{Numbers.Count(all.Sum(r => r.Received))} of {Numbers.Count(all.Sum(r => r.Sent))} letters arrived, held for at most "
                + Numbers.Ms(all.Max(r => r.HeldMax).TotalMilliseconds)),
            new("the same adversary cannot stop a coin", coins.All(r => r.IsDecided),
                $"{coins.Count(r => r.IsDecided)} of {coins.Length} runs decided, after {Numbers.Plain(coins.Average(r => r.Rounds))} "
                + $"rounds on average and {coins.Max(r => r.Rounds)} at most"),
            new("without an adversary every rule decides", free.All(g => g.All(r => r.IsDecided)),
                $"{free.Sum(g => g.Count(r => r.IsDecided))} of {free.Sum(g => g.Length)} runs, after "
                + $"{free.Max(g => g.Max(r => r.Rounds))} rounds at most"),
            new("where all begin with one value, no order hinders the decision", equal.All(r => r.IsDecided && r.Rounds == 1),
                $"{equal.Count(r => r.IsDecided && r.Rounds == 1)} of {equal.Length} rules decided in round 1"),
            new("who decides agrees, on a value that somebody began with", all.All(r => r.IsSafe),
                $"{all.Count(r => r.IsSafe)} of {all.Length} runs"),
        ];
    }

    private static PageTable TableOf(ConsensusRun[][] groups) => new(
        $"runs of at most {RoundsMax} rounds",
        ["rule", "order of letters", "runs", "decided", "mean rounds", "most rounds", "letters", "arrived", "held at most"],
        [.. groups.Select(g => (string[])
        [
            g[0].Setting.Rule.ToString().ToLowerInvariant(), g[0].Setting.Adversary is not null ? "adversary" : "as they come", $"{g.Length}",
            $"{g.Count(r => r.IsDecided)}", Numbers.Plain(g.Average(r => r.Rounds)), $"{g.Max(r => r.Rounds)}",
            Numbers.Count(g.Sum(r => r.Sent)), Numbers.Count(g.Sum(r => r.Received)), Numbers.Ms(g.Max(r => r.HeldMax).TotalMilliseconds),
        ])]);

    private static PageChart ChartOf(params ConsensusRun[][] groups) => new(
        "runs in which nobody has decided, by rounds",
        new ChartAxis("rounds"),
        new ChartAxis("part of the runs") { Max = 1 },
        [.. groups.Select(g => new ChartSeries(
            $"{g[0].Setting.Rule.ToString().ToLowerInvariant()}, {(g[0].Setting.Adversary is not null ? "adversary" : "as they come")}",
            [.. Enumerable.Range(0, RoundsDrawn + 1).Select(n => new ChartPoint(n, Numbers.Part(g.Count(r => r.FirstRound > n), g.Length)))]))]);
}
