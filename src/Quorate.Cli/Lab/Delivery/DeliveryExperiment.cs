using Quorate.Checking.Pages.Figures;
using Quorate.Cli.Lab.Runs;

namespace Quorate.Cli.Lab.Delivery;

/// <summary>Who asks once over a lossy network loses effects, and who asks again doubles them, unless the receiver remembers.</summary>
/// <param name="hasFaults">Whether messages are lost and the server crashes; without that nothing is shown.</param>
internal sealed class DeliveryExperiment(bool hasFaults = true) : IExperiment
{
    private const int Requests = 120;
    private const int FilmedRequests = 12;
    private const double FilmedLoss = 0.3;
    private static readonly double[] Losses = [0, 0.1, 0.2, 0.3, 0.4];

    public string Name => "delivery";

    public string Shows => "at most once loses effects, at least once doubles them; a receiver that remembers durably does each exactly once";

    public string Source => "Halpern and Moses, JACM 1990; Gray, 1978; Saltzer, Reed, Clark, End-to-end arguments, TOCS 1984";

    public ExperimentResult Run(ExperimentInput input)
    {
        var worlds = new WorldTally();
        var results = (
            from promise in Enum.GetValues<Promise>()
            from hasCrashes in (bool[])[false, true]
            from loss in Losses
            select Measure(input.Seed, promise, loss, hasCrashes, worlds)).ToArray();
        DeliveryRun.Of(input.Seed, Promise.AtLeastOnce, FilmedLoss, true, FilmedRequests, worlds, input.IsFilmed, out var film);
        return new ExperimentResult
        {
            SetUp =
            [
                $"A client asks a server for {Requests} effects, one after another. The server writes each to its disk, syncs, and then answers. "
                    + "The network loses each message, question or answer, with probability p; in half of the worlds the server crashes every "
                    + "0 to 600 ms and is back within 100 ms.",
                "At most once: each question is sent once. At least once: until it is answered, every 50 ms. The third remembers in memory what it "
                    + "did, and the fourth on disk, in the same record as the effect, by the number of the client's request.",
                "At the end the server crashes and boots once more: what it finds on its disk is what happened.",
            ],
            Tables = [TableOf(results)],
            Claims = ClaimsOf(results),
            Charts =
            [
                ChartOf("effects that never happened, with crashes", results, r => r.Lost),
                ChartOf("effects that happened again, with crashes", results, r => r.Doubled),
            ],
            Worlds = worlds,
            Film = film,
        };
    }

    private DeliveryResult Measure(ulong seed, Promise promise, double loss, bool hasCrashes, WorldTally worlds)
    {
        var result = DeliveryRun.Of(seed, promise, hasFaults ? loss : 0, hasFaults && hasCrashes, Requests, worlds, isFilmed: false, out _);
        return result with { Loss = loss, HasCrashes = hasCrashes };
    }

    private static Claim[] ClaimsOf(DeliveryResult[] results)
    {
        DeliveryResult[] Of(Promise promise) => [.. results.Where(r => r.Promise == promise)];
        var (once, again, memory, exact) =
            (Of(Promise.AtMostOnce), Of(Promise.AtLeastOnce), Of(Promise.RememberedInMemory), Of(Promise.ExactlyOnceEffect));
        var calm = results.Where(r => r is { Loss: 0, HasCrashes: false }).ToArray();
        return
        [
            new("at most once doubles nothing and loses some",
                once.All(r => r.Doubled == 0) && once.Where(r => r.Loss > 0).All(r => r.Lost > 0), Words(once)),
            new("at least once loses nothing and doubles some",
                again.All(r => r.Lost == 0) && again.Where(r => r.Loss > 0).All(r => r.Doubled > 0), Words(again)),
            new("a memory that a crash wipes out doubles none until there is a crash",
                memory.All(r => r.Lost == 0 && (r.HasCrashes || r.Doubled == 0)) && memory.Sum(r => r.Doubled) > 0, Words(memory)),
            new("a memory on disk, with the effect, makes it exactly once under loss and crashes",
                exact.All(r => r is { Lost: 0, Doubled: 0 }), Words(exact)),
            new("with neither loss nor crash they are all the same", calm.All(r => r is { Lost: 0, Doubled: 0 }), Words(calm)),
        ];
    }

    private static string Words(DeliveryResult[] results) =>
        $"{results.Sum(r => r.Lost)} lost, {results.Sum(r => r.Doubled)} doubled of {Numbers.Count(results.Sum(r => r.Asked))}";

    private static PageTable TableOf(DeliveryResult[] results) => new(
        $"effects of {Requests} requests",
        ["promise", "p", "crashes", "effects", "lost", "doubled"],
        [.. results.Select(r => (string[])
            [NameOf(r.Promise), Numbers.Plain(r.Loss), $"{r.Crashes}", $"{r.Effects}", $"{r.Lost}", $"{r.Doubled}"])]);

    private static PageChart ChartOf(string title, DeliveryResult[] results, Func<DeliveryResult, int> count) => new(
        title,
        new ChartAxis("messages lost, p"),
        new ChartAxis("part of the requests"),
        [.. results.Where(r => r.HasCrashes).GroupBy(r => r.Promise).Select(g => new ChartSeries(
            NameOf(g.Key), [.. g.Select(r => new ChartPoint(r.Loss, Numbers.Part(count(r), r.Asked)))]))]);

    private static string NameOf(Promise promise) => promise switch
    {
        Promise.AtMostOnce => "at most once",
        Promise.AtLeastOnce => "at least once",
        Promise.RememberedInMemory => "memory of a process",
        _ => "exactly-once effect",
    };
}
