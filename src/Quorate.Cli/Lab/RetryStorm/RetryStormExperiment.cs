using Quorate.Checking.Pages.Figures;
using Quorate.Cli.Lab.Runs;

namespace Quorate.Cli.Lab.RetryStorm;

/// <summary>A service that retries keep down after what brought it down is gone, and what cures it.</summary>
/// <param name="isTriggered">Whether the server stands still for a while; without that nothing is shown.</param>
internal sealed class RetryStormExperiment(bool isTriggered = true) : IExperiment
{
    private const double UpMin = 0.9;
    private const double DownMax = 0.1;

    public string Name => "retry-storm";

    public string Shows => "naive retries keep a service down after the trigger is gone; a retry budget or shedding lets it recover";

    public string Source => "Bronson, Aghayev, Charapko, Zhu, Metastable failures in distributed systems, HotOS 2021";

    public ExperimentResult Run(ExperimentInput input)
    {
        var worlds = new WorldTally();
        RetryPolicy[] policies =
            [RetryPolicy.Naive, RetryPolicy.None, RetryPolicy.Patient, RetryPolicy.Budgeted, RetryPolicy.Shedding, RetryPolicy.Cured];
        Film? film = null;
        var stormy = policies.Select(
            p => Storm(input.Seed, p, isTriggered, worlds, input.IsFilmed && p == RetryPolicy.Naive, ref film)).ToArray();
        var calm = Storm(input.Seed, RetryPolicy.Naive, false, worlds, false, ref film);
        return new ExperimentResult
        {
            SetUp =
            [
                $"A server answers {StormRun.CapacityASecond} requests a second; {StormRun.RequestsASecond} a second come, whatever happens "
                    + $"to those before. A client waits {StormRun.Patience.TotalMilliseconds:0} ms and then tries again, up to "
                    + $"{RetryPolicy.Naive.RetriesMax} times. Up to {StormRun.QueueMax} requests wait at the server, first come, first served.",
                $"The trigger: the server stands still from second {StormRun.TriggerFrom} to second {StormRun.TriggerTo}. Goodput is what is "
                    + "answered within a client's patience.",
                "Back-off: before each retry a wait drawn up to 200 ms, then 400, then 800. Budget: all clients together may retry one request of "
                    + "ten. Shedding: the server drops, without work, what has waited for half of the patience.",
            ],
            Tables = [TableOf([calm, .. stormy])],
            Claims = ClaimsOf(stormy, calm),
            Charts = [ChartOf([.. stormy.Where(s => s.Policy != RetryPolicy.None), calm])],
            Worlds = worlds,
            Film = film,
        };
    }

    private static StormResult Storm(ulong seed, RetryPolicy policy, bool isTriggered, WorldTally worlds, bool isFilmed, ref Film? film)
    {
        var result = StormRun.Of(seed, policy, isTriggered, worlds, isFilmed, out var filmed);
        film ??= filmed;
        return result;
    }

    private static Claim[] ClaimsOf(StormResult[] stormy, StormResult calm)
    {
        StormResult Of(RetryPolicy policy) => stormy.Single(s => s.Policy == policy);
        var (naive, cures) = (Of(RetryPolicy.Naive), new[] { Of(RetryPolicy.Budgeted), Of(RetryPolicy.Shedding), Of(RetryPolicy.Cured) });
        return
        [
            new("the load alone is no trouble: without the trigger naive retries do no harm", calm.AtEnd > UpMin, Words(calm)),
            new("after the trigger naive retries keep the service down", naive.Before > UpMin && naive.AtEnd < DownMax,
                $"{Numbers.Percent(naive.Before)} of the load served before, {Numbers.Percent(naive.AtEnd)} in the last ten seconds"),
            new("it is the retries that do it: without any it recovers", Of(RetryPolicy.None).AtEnd > UpMin, Words(Of(RetryPolicy.None))),
            new("a budget, shedding, and all cures together let it recover", cures.All(c => c.AtEnd > UpMin),
                string.Join("; ", cures.Select(Words))),
            new("back-off alone only puts the load off", Of(RetryPolicy.Patient).AtEnd < DownMax, Words(Of(RetryPolicy.Patient))),
        ];
    }

    private static string Words(StormResult result) => $"{result.Policy.Name}: {Numbers.Percent(result.AtEnd)} at the end";

    private static PageTable TableOf(StormResult[] results) => new(
        $"requests answered in time, of {StormRun.RequestsASecond} a second",
        ["clients and server", "trigger", "before it", "seconds 12-20", "20-30", "last ten", "requests", "tries", "answered too late"],
        [.. results.Select(r => (string[])
        [
            r.Policy.Name, r.IsTriggered ? "yes" : "no", Numbers.Percent(r.Before), Numbers.Percent(r.Served(12, 20)),
            Numbers.Percent(r.Served(20, 30)), Numbers.Percent(r.AtEnd), Numbers.Count(r.Asked), Numbers.Count(r.Sent), Numbers.Count(r.Wasted),
        ])]);

    private static PageChart ChartOf(StormResult[] results) => new(
        "goodput over time",
        new ChartAxis("second"),
        new ChartAxis("requests answered in time"),
        [.. results.Select(r => new ChartSeries(
            r.IsTriggered ? r.Policy.Name : $"{r.Policy.Name}, no trigger",
            [.. r.Goodput.Select((good, second) => new ChartPoint(second, good))]))])
    {
        Bands = [new ChartBand(StormRun.TriggerFrom, StormRun.TriggerTo, "trigger")],
    };
}
