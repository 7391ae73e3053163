using System.Diagnostics;
using System.Globalization;
using Quorate.Client;
using Quorate.Client.Providers;
using Quorate.Interop.Clusters;
using Quorate.Interop.Disks;
using Quorate.Interop.Recipes;
using Quorate.Runtime.Machines;
using Quorate.Services.Recipes;
using Quorate.Services.Recipes.Clients;

namespace Quorate.Interop.Chaos;

/// <summary>
/// All kinds of havoc in turns, while recorded clients and watched writers go on: at random for as many minutes as the variable
/// QUORATE_CHAOS_MINUTES says, in rounds of a minute that are judged one by one; each kind once where it says 0.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class HavocTests : IAsyncLifetime
{
    private const string MinutesVariable = "QUORATE_CHAOS_MINUTES";
    private const int DiskMebibytes = 2048;
    private const int WritersOfWatched = 2;
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly NamespaceNetwork network = new(NodeCluster.Size);
    private readonly SmallDisk disk = new(DiskMebibytes);
    private readonly RealMachine machine = new(new RealMachineOptions { Name = "app" });
    private readonly List<IAsyncDisposable> clients = [];
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly NodeCluster cluster;
    private readonly CuttableWay way;
    private int succeeded;

    public HavocTests()
    {
        cluster = new NodeCluster(new NodeClusterOptions
        {
            Data = disk.Path,
            Host = network.Address,
            Launcher = network.Launcher,
            Connect = network.ConnectAsync,
            Flags = _ => ["--insecure", "--auto-compaction-mode", "revision", "--auto-compaction-retention", "100000"],
        });
        way = new CuttableWay(cluster.Nodes, network.ConnectAsync);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var client in Enumerable.Reverse(clients))
            await client.DisposeAsync();
        await way.DisposeAsync();
        await machine.DisposeAsync();
        await cluster.DisposeAsync();
        disk.Dispose();
        network.Dispose();
    }

    [Fact]
    public async Task Whatever_happens_the_history_is_linearizable_and_a_watch_has_no_gap_and_no_double()
    {
        var text = Environment.GetEnvironmentVariable(MinutesVariable) ?? "";
        Assert.SkipUnless(text.Length > 0, $"{MinutesVariable} is not set: run by hand");
        Assert.SkipUnless(network.WhyNot == "", network.WhyNot);
        Assert.SkipUnless(disk.WhyNot == "", disk.WhyNot);
        await cluster.StartAllAsync();
        IKeyValueStore[] stores = [.. Enumerable.Range(0, 1 + WritersOfWatched).Select(_ => Client().Store)];
        var minutes = double.Parse(text, CultureInfo.InvariantCulture);
        var random = new Random((int)(minutes * 1000));
        var havoc = new Havoc(cluster, network, disk, random, TimeSpan.FromSeconds(minutes > 0 ? 5 : 1));
        if (minutes == 0)
            await RoundAsync(0, stores, havoc, havoc.Kinds);
        for (var i = 0; clock.Elapsed < TimeSpan.FromMinutes(minutes) && !IsStopping; i++)
            await RoundAsync(i, stores, havoc, AtRandom(havoc.Kinds, random, clock.Elapsed + Round));
    }

    // Ctrl-C ends the round, which is judged.
    private static bool IsStopping => TestContext.Current.CancellationToken.IsCancellationRequested;

    private IEnumerable<(string Name, Func<Task> Do)> AtRandom(
        IReadOnlyList<(string Name, Func<Task> Do)> kinds, Random random, TimeSpan until)
    {
        while (clock.Elapsed < until && !IsStopping)
            yield return kinds[random.Next(kinds.Count)];
    }

    private async Task RoundAsync(
        int number, IKeyValueStore[] stores, Havoc havoc, IEnumerable<(string Name, Func<Task> Do)> kinds)
    {
        await using var run = RecordedRun.Start(
            cluster, new RecordedLoad(TimeSpan.FromSeconds(4)) { Prefix = $"chaos/{number}/", Pause = Pause });
        await using var watched = await WatchedLoad.StartAsync(stores[0], stores[1..], $"watched/{number}/", Pause);
        foreach (var (name, act) in kinds)
        {
            var begun = clock.Elapsed;
            await act();
            var over = clock.Elapsed;
            await havoc.HealedAsync();
            Tell($"{name} for {(over - begun).TotalSeconds:F1} s, whole again after {(clock.Elapsed - over).TotalSeconds:F1} s");
        }

        await watched.UntilMoreAsync(1);
        await run.EndAsync($"havoc-{number}");
        await watched.EndAsync();
        succeeded += run.Succeeded;
        Tell($"round {number + 1} is linearizable and its watch complete; {succeeded} calls answered in all");
    }

    private CoordinationClient Client()
    {
        var provider = new EtcdProvider(new EtcdClientOptions { Endpoints = way.Endpoints });
        var client = new CoordinationClient(machine, provider);
        clients.AddRange([provider, client]);
        return client;
    }

    private void Tell(FormattableString line) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalMinutes,6:F1} min  {line.ToString(CultureInfo.InvariantCulture)}"));
}
