using System.Globalization;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Cli.Lab.Messaging;
using Quorate.Cli.Lab.Runs;
using Quorate.Cli.Lab.Stores;
using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Networks;

namespace Quorate.Cli.Lab.Pacelc;

/// <summary>What was measured of one tuning at one latency. Times in milliseconds.</summary>
internal sealed record SitesResult(
    double LatencyMs, int Reads, int Stale, double ReadP50, double ReadP99, double WriteP50, double WriteP99, CheckOutcome Verdict,
    bool IsConfirmed)
{
    /// <summary>The tuning in words.</summary>
    public string Name { get; init; } = "";

    /// <summary>Which part of the reads was old.</summary>
    public double StalePart => Numbers.Part(Stale, Reads);
}

/// <summary>One writer and two readers, each at a site of its own.</summary>
internal sealed class SitesRun
{
    /// <summary>How many sites there are.</summary>
    public const int Sites = 3;

    /// <summary>How long the clients work.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(8);

    private const string Key = "x";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WriteEvery = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMilliseconds(25);
    private readonly World world;
    private readonly Clients clients;
    private readonly List<double> reads = [];
    private readonly List<double> writes = [];
    private long acknowledged;
    private int stale;

    private SitesRun(World world) => (this.world, clients) = (world, new Clients(world));

    /// <summary>Runs it in a world of its own.</summary>
    public static SitesResult Of(ulong seed, double latencyMs, Tuning tuning, WorldTally worlds)
    {
        using var world = NewWorld(seed, latencyMs, isFilmed: false);
        var run = Run(world, latencyMs, tuning, worlds);
        return run.ToResult(latencyMs, Checked.IsLinearizable(run.clients.History.ToHistory()), isConfirmed: false);
    }

    /// <summary>The same, with a witness where the history is not linearizable, and with a film.</summary>
    public static SitesResult Explain(ulong seed, double latencyMs, Tuning tuning, WorldTally worlds, bool isFilmed, out Film? film)
    {
        using var world = NewWorld(seed, latencyMs, isFilmed);
        var run = Run(world, latencyMs, tuning, worlds);
        var check = Checked.Linearizable(run.clients.History.ToHistory(), out var isConfirmed);
        film = Film.Of(world, "The picture: local reads and writes on slow links. The writer goes on at once; a read at another site gives "
            + "the value that the write before had, because the message is still under way.");
        film = film is null ? null : film with { History = run.clients.History.ToEvents(), Check = check };
        return run.ToResult(latencyMs, check.Outcome, isConfirmed);
    }

    private static World NewWorld(ulong seed, double latencyMs, bool isFilmed) =>
        new(seed, new WorldOptions { Network = Links(latencyMs), Record = WordsLabeler.Record(isFilmed) });

    private static SitesRun Run(World world, double latencyMs, Tuning tuning, WorldTally worlds)
    {
        var run = new SitesRun(world);
        for (var site = 0; site < Sites; site++)
        {
            var (number, name) = (site, NameOf(site));
            world.AddMachine(name, (machine, _) => run.WorkAsync(machine, number, tuning));
        }
        // A majority has a write long before the last site has it.
        world.Network.Delay(NameOf(0), NameOf(Sites - 1), TimeSpan.FromMilliseconds(latencyMs) * 3);
        world.Run(Time + Patience);
        worlds.Add(world);
        return run;
    }

    private SitesResult ToResult(double latencyMs, CheckOutcome verdict, bool isConfirmed) => new(
        latencyMs, reads.Count, stale, Numbers.Quantile(reads, 0.5), Numbers.Quantile(reads, 0.99),
        Numbers.Quantile(writes, 0.5), Numbers.Quantile(writes, 0.99), verdict, isConfirmed);

    private static NetworkOptions Links(double ms) => new()
    {
        LatencyMin = TimeSpan.FromMilliseconds(ms),
        LatencyMax = TimeSpan.FromMilliseconds(ms * 1.2),
        TailMax = TimeSpan.FromMilliseconds(ms * 4),
    };

    private static string NameOf(int site) => string.Create(CultureInfo.InvariantCulture, $"site-{site + 1}");

    private async Task WorkAsync(IMachine machine, int site, Tuning tuning)
    {
        var courier = await Courier.OpenAsync(machine);
        var others = Enumerable.Range(0, Sites).Where(s => s != site).Select(NameOf).ToArray();
        var replica = new QuorumReplica(machine, courier, others, tuning, Patience);
        _ = replica.ServeAsync();
        for (var n = 1; world.Now < Time; n++)
        {
            await Task.Delay((site == 0 ? WriteEvery : ReadEvery) * machine.Random.NextDouble(), machine.Clock);
            await (site == 0 ? WriteAsync(replica, n) : ReadAsync(replica, site));
        }
    }

    private async Task WriteAsync(QuorumReplica replica, int number)
    {
        var begun = world.Now;
        var end = await clients.DoAsync(0, "put", Key, HistoryValue.Of(number), async () =>
        {
            var done = await replica.WriteAsync(Key, number.ToString(CultureInfo.InvariantCulture));
            return new CallEnd(done is null ? HistoryEventType.Unknown : HistoryEventType.Ok);
        });
        writes.Add((world.Now - begun).TotalMilliseconds);
        if (end.IsOk)
            acknowledged = number;
    }

    private async Task ReadAsync(QuorumReplica replica, int site)
    {
        var (begun, newest) = (world.Now, acknowledged);
        var end = await clients.DoAsync(site, "get", Key, HistoryValue.Nil, async () =>
        {
            if (await replica.ReadAsync(Key) is not { } read)
                return new CallEnd(HistoryEventType.Fail);
            return new CallEnd(
                HistoryEventType.Ok,
                read.Value is null ? HistoryValue.Nil : HistoryValue.Of(long.Parse(read.Value, CultureInfo.InvariantCulture)));
        });
        reads.Add((world.Now - begun).TotalMilliseconds);
        if (end.IsOk && (end.Output!.AsInteger() ?? 0) < newest)
            stale++;
    }
}
