using Quorate.Checking.Findings;
using Quorate.Checking.Pages.Figures;
using Quorate.Cli.Lab.Runs;

namespace Quorate.Cli.Lab.SplitBrain;

/// <summary>Leaders that nobody elected by a majority accept writes side by side, and acknowledged ones are lost.</summary>
/// <param name="isCut">Whether the network is cut; without that nothing is shown.</param>
internal sealed class SplitBrainExperiment(bool isCut = true) : IExperiment
{
    private const int Majority = 3;

    public string Name => "split-brain";

    public string Shows => "without quorums two leaders accept writes at once, and acknowledged ones are lost; with quorums none is";

    public string Source => "Davidson, Garcia-Molina, Skeen, Consistency in partitioned networks, ACM Computing Surveys 1985; Ongaro and "
        + "Ousterhout, Raft, USENIX ATC 2014";

    public ExperimentResult Run(ExperimentInput input)
    {
        var worlds = new WorldTally();
        var alone = SetRuns.OfTimeouts("leader by time-out", input.Seed, 1, isCut, worlds, input.IsFilmed, out var film);
        var half = SetRuns.OfTimeouts("the same, writes to a majority", input.Seed, Majority, isCut, worlds, false, out _);
        var raft = SetRuns.OfRaft("coordination service (Raft)", input.Seed, worlds);
        var whole = SetRuns.OfTimeouts("leader by time-out, no cut", input.Seed, 1, false, worlds, false, out _);
        return new ExperimentResult
        {
            SetUp =
            [
                "Five nodes keep a set; a client at each adds elements of its own by way of the leader. After three seconds the network is cut "
                    + "into three nodes and two for four seconds, then healed; three seconds later one client reads the set.",
                "The leader by time-out is whoever heard no leader for 300 ms. It acknowledges an add at once, or when a majority holds it. Of "
                    + "two leaders that meet, the one of the later reign stays, and the others take over what it holds.",
                "The coordination service is the shipped one, on Raft: leaders are elected by a majority, and a write is acknowledged by one. Its "
                    + "leader is among the two that are cut off.",
            ],
            Tables = [TableOf(alone, half, raft, whole)],
            Claims = ClaimsOf(alone, half, raft, whole),
            Worlds = worlds,
            Film = film,
        };
    }

    private static Claim[] ClaimsOf(SetRun alone, SetRun half, SetRun raft, SetRun whole) =>
    [
        new("without quorums both sides acknowledge adds while the network is cut",
            alone.Minor > 0 && alone.Major > 0 && alone.TwoLead > TimeSpan.Zero,
            $"{alone.Major} at the three nodes, {alone.Minor} at the two; two led for {Numbers.Plain(alone.TwoLead.TotalSeconds)} s"),
        new("and acknowledged ones are lost when they meet", alone.Lost > 0 && alone.Verdict == CheckOutcome.Invalid,
            $"{alone.Lost} of {alone.Acknowledged} lost, {Word(alone.Verdict)}"),
        new("writes to a majority do not help a leader that no majority elected", half.Lost > 0 && half.Verdict == CheckOutcome.Invalid,
            $"{half.Lost} of {half.Acknowledged} lost, {Word(half.Verdict)}"),
        new("with quorums for both, one side is refused and nothing is lost",
            raft is { Lost: 0, Minor: 0, Major: > 0, Verdict: CheckOutcome.Valid },
            $"{raft.Lost} of {raft.Acknowledged} lost, {raft.Minor} acknowledged at the two nodes, {raft.Major} at the three, "
            + Word(raft.Verdict)),
        new("without a cut nothing is lost either way", whole is { Lost: 0, Verdict: CheckOutcome.Valid },
            $"{whole.Lost} of {whole.Acknowledged} lost"),
    ];

    private static string Word(CheckOutcome outcome) => $"set {outcome.ToString().ToLowerInvariant()}";

    private static PageTable TableOf(params SetRun[] runs) => new(
        "what became of acknowledged adds",
        ["set kept by", "acknowledged", "while cut: at three nodes", "at two", "two leaders for", "lost", "set check"],
        [.. runs.Select(r => (string[])
        [
            r.Name, $"{r.Acknowledged}", $"{r.Major}", $"{r.Minor}", $"{Numbers.Plain(r.TwoLead.TotalSeconds)} s", $"{r.Lost}",
            r.Verdict.ToString().ToLowerInvariant(),
        ])]);
}
