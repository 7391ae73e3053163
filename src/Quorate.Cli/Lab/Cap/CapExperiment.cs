using Quorate.Checking.Findings;
using Quorate.Checking.Pages.Figures;
using Quorate.Cli.Lab.Runs;
using Quorate.Cli.Lab.Stores;

namespace Quorate.Cli.Lab.Cap;

/// <summary>While the network is cut, a store answers everywhere or is linearizable, and not both.</summary>
/// <param name="isCut">Whether the network is cut; without that nothing is shown.</param>
internal sealed class CapExperiment(bool isCut = true) : IExperiment
{
    private const int Nodes = 5;
    private const double MajorityMin = 0.95;

    public string Name => "cap";

    public string Shows => "while the network is cut, the same store refuses a side or gives answers that one copy could not give";

    public string Source => "Gilbert and Lynch, Brewer's conjecture and the feasibility of consistent, available, partition-tolerant web "
        + "services, SIGACT News 2002, theorem 1";

    public ExperimentResult Run(ExperimentInput input)
    {
        var worlds = new WorldTally();
        var (strict, loose) = (Tuning.Majority(Nodes), Tuning.Majority(Nodes) with { AnswersAnyway = true });
        var consistent = StoreRun.OfQuorums("registers that refuse", input.Seed, strict, isCut, worlds, false, out _);
        var available = StoreRun.OfQuorums("registers that answer", input.Seed, loose, isCut, worlds, input.IsFilmed, out var film);
        var whole = StoreRun.OfQuorums("registers that answer, no cut", input.Seed, loose, false, worlds, false, out _);
        var raft = StoreRun.OfRaft("coordination service", input.Seed, readsLocally: false, worlds);
        var local = StoreRun.OfRaft("coordination service, local reads", input.Seed, readsLocally: true, worlds);
        return new ExperimentResult
        {
            SetUp =
            [
                "Five nodes hold two keys; a client at each node reads and writes them. After a second the network is cut into three nodes and "
                    + "two for eight seconds; what is begun in the last three of them, and could have been answered in time, is counted.",
                "The registers are one store: each read and write waits for a majority. What finds none in time is refused, or goes on with "
                    + "the nodes that did answer. The coordination service is the shipped one, on Raft, with its leader among the two; its reads "
                    + "are linearizable, or local.",
                $"Answered is what ended well within {PartitionedClients.Patience.TotalSeconds:0.#} s. The checker sees the whole history, the "
                    + "healing too.",
            ],
            Tables = [TableOf(consistent, available, whole, raft, local)],
            Claims = ClaimsOf(consistent, available, whole, raft, local),
            Worlds = worlds,
            Film = film,
        };
    }

    private static Claim[] ClaimsOf(StoreRun consistent, StoreRun available, StoreRun whole, StoreRun raft, StoreRun local) =>
    [
        new("what stays linearizable refuses the minority, and serves the majority",
            new[] { consistent, raft }.All(r => r.Verdict == CheckOutcome.Valid
                && r.Tried(isMinor: true) > 0 && r.Availability(isMinor: true) == 0 && r.Availability(isMinor: false) > MajorityMin),
            string.Join("; ", new[] { consistent, raft }.Select(Words))),
        new("the same registers, tuned to answer everywhere, are not linearizable",
            available.Availability(true) == 1 && available.Availability(false) == 1
                && available is { Verdict: CheckOutcome.Invalid, IsConfirmed: true },
            Words(available)),
        new("the same service with local reads answers them in the minority, and they are old",
            local.Availability(isMinor: true, isRead: true) == 1 && local is { Verdict: CheckOutcome.Invalid, IsConfirmed: true },
            Words(local)),
        new("it is the cut that does it: without one, those that answer are linearizable too",
            whole.Verdict == CheckOutcome.Valid && whole.Availability(true) == 1 && whole.Availability(false) == 1, Words(whole)),
    ];

    private static string Words(StoreRun run) =>
        $"{run.Name}: {Numbers.Percent(run.Availability(isMinor: true))} of the minority's answered, "
        + $"{Numbers.Percent(run.Availability(isMinor: false))} of the majority's, {Checked.Word(run.Verdict)}";

    private static PageTable TableOf(params StoreRun[] runs) => new(
        "answered while the network was cut",
        ["store", "majority: tried", "answered", "minority: tried", "answered", "its reads", "its writes", "verdict"],
        [.. runs.Select(r => (string[])
        [
            r.Name, $"{r.Tried(false)}", Numbers.Percent(r.Availability(false)), $"{r.Tried(true)}", Numbers.Percent(r.Availability(true)),
            Numbers.Percent(r.Availability(true, isRead: true)), Numbers.Percent(r.Availability(true, isRead: false)), Checked.Word(r.Verdict),
        ])]);
}
