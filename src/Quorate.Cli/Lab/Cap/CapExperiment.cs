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

    public string Name => "cap";

    public string Shows => "while the network is cut, the same store refuses a side or gives answers that one copy could not give";

    public string Source => "Gilbert and Lynch, Brewer's conjecture and the feasibility of consistent, available, partition-tolerant web "
        + "services, SIGACT News 2002, theorem 1";

    public ExperimentResult Run(ExperimentInput input)
    {
        var worlds = new WorldTally();
        var consistent = StoreRun.OfQuorums("registers, majorities", input.Seed, Tuning.Majority(Nodes), isCut, worlds, false, out _);
        var available = StoreRun.OfQuorums("registers, nearest", input.Seed, Tuning.Nearest, isCut, worlds, input.IsFilmed, out var film);
        var whole = StoreRun.OfQuorums("registers, majorities, no cut", input.Seed, Tuning.Majority(Nodes), false, worlds, false, out _);
        var raft = StoreRun.OfRaft("coordination service", input.Seed, readsLocally: false, worlds);
        var local = StoreRun.OfRaft("coordination service, local reads", input.Seed, readsLocally: true, worlds);
        return new ExperimentResult
        {
            SetUp =
            [
                "Five nodes hold two keys; a client at each node reads and writes them. After a second the network is cut into three nodes and "
                    + "two for eight seconds; what is begun in the last four of them, and could have been answered in time, is counted.",
                "The registers are one store with two tunings: each read and write waits for a majority, or for the nearest node alone. The "
                    + "coordination service is the shipped one, on Raft, with its leader among the two; its reads are linearizable, or local.",
                $"Answered is what ended well within {PartitionedClients.Patience.TotalSeconds:0.#} s. The checker sees the whole history, healing and all.",
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
            new[] { consistent, raft }.All(r => r.Verdict == CheckOutcome.Valid && r.Availability(isMinor: true) == 0 && r.Availability(isMinor: false) > 0.95),
            string.Join("; ", new[] { consistent, raft }.Select(Words))),
        new("the same registers, tuned to answer everywhere, are not linearizable",
            available.Availability(true) == 1 && available.Availability(false) == 1 && available is { Verdict: CheckOutcome.Invalid, IsConfirmed: true },
            Words(available)),
        new("the same service with local reads answers them in the minority, and they are old",
            local.Availability(isMinor: true, isRead: true) == 1 && local is { Verdict: CheckOutcome.Invalid, IsConfirmed: true }, Words(local)),
        new("without a cut nobody is refused and all is linearizable",
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
