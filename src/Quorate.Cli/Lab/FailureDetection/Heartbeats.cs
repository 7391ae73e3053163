using System.Globalization;
using Quorate.Cli.Lab.Messaging;
using Quorate.Cli.Lab.Runs;
using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Machines;
using Quorate.Simulation.Networks;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Lab.FailureDetection;

/// <summary>A network, and how often and how long the watched node pauses.</summary>
internal sealed record Surroundings(string Name, NetworkOptions Network, double Loss, TimeSpan PauseEvery, TimeSpan PauseMax)
{
    /// <summary>A quiet local network; a node that hardly pauses.</summary>
    public static Surroundings Quiet { get; } = new(
        "quiet", new NetworkOptions(), 0, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(40));

    /// <summary>A long way with a slow tail and some loss; a node that pauses for up to most of a second.</summary>
    public static Surroundings Busy { get; } = new(
        "busy",
        new NetworkOptions
        {
            LatencyMin = TimeSpan.FromMilliseconds(20),
            LatencyMax = TimeSpan.FromMilliseconds(60),
            TailProbability = 0.02,
            TailMax = TimeSpan.FromMilliseconds(400),
        },
        0.01,
        TimeSpan.FromSeconds(10),
        TimeSpan.FromMilliseconds(800));
}

/// <summary>What one detector did in one surrounding.</summary>
internal sealed record DetectorResult(
    string Surroundings, string Family, double Setting, int Mistakes, double MistakesAnHour, double MistakenPart, double MeanMs, double MaxMs);

/// <summary>A node that sends heartbeats, pauses and crashes, and a watcher with many detectors that hear the same heartbeats.</summary>
internal sealed class Heartbeats
{
    /// <summary>The time between two heartbeats, in milliseconds.</summary>
    public const double EveryMs = 100;

    private const string Node = "node";
    private const string Watcher = "watcher";
    private static readonly TimeSpan Down = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan BeforeCrash = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan AfterCrash = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UpMin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan UpMax = TimeSpan.FromSeconds(35);
    private readonly World world;
    private readonly IntervalWindow window = new();
    private readonly IReadOnlyList<Detector> detectors;
    private double? lastHeard;
    private long lastNumber;

    private Heartbeats(World world, IReadOnlyList<Detector> detectors) => (this.world, this.detectors) = (world, detectors);

    /// <summary>Runs it until the node has crashed so often.</summary>
    public static DetectorResult[] Of(
        ulong seed, Surroundings surroundings, IReadOnlyList<Detector> detectors, int crashes, WorldTally worlds, bool isFilmed, out Film? film)
    {
        using var world = new World(seed, new WorldOptions { Network = surroundings.Network, Record = WordsLabeler.Record(isFilmed) });
        var run = new Heartbeats(world, detectors);
        var node = world.AddMachine(Node, (machine, _) => BeatAsync(machine));
        world.AddMachine(Watcher, (machine, _) => run.WatchAsync(machine));
        world.Network.Loss = surroundings.Loss;
        var up = TimeSpan.Zero;
        var random = SeededRandom.For(seed, "crashes and pauses");
        for (var i = 0; i < crashes; i++)
            up += run.LiveAndDie(node, surroundings, random);
        worlds.Add(world);
        film = Film.Of(world, "The picture: heartbeats with a slow tail, a node that pauses, and then crashes. A detector with this setting "
            + "suspects the node while it is up, and after the crash is sure only after its wait.");
        film = film is null ? null : film with { Focus = (world.Now - Down - BeforeCrash, world.Now - Down + AfterCrash) };
        return [.. detectors.Select(d => new DetectorResult(
            surroundings.Name, d.Family, d.Setting, d.Mistakes, d.Mistakes / up.TotalHours, d.MistakenMs / up.TotalMilliseconds,
            d.Detections.Average(), d.Detections.Max()))];
    }

    private TimeSpan LiveAndDie(SimulatedMachine node, Surroundings surroundings, SeededRandom random)
    {
        var begun = world.Now;
        node.Start();
        var end = begun + random.NextTimeSpan(UpMin, UpMax);
        while (true)
        {
            // Pauses come as a Poisson process; short ones are common and long ones rare.
            var next = world.Now + surroundings.PauseEvery * -Math.Log(1 - random.NextDouble());
            var length = surroundings.PauseMax * Math.Pow(random.NextDouble(), 2);
            if (next + length >= end)
                break;
            world.Run(next - world.Now);
            node.Pause();
            world.Run(length);
            node.Resume();
        }
        world.Run(end - world.Now);
        node.Crash();
        var crashed = world.Now;
        world.Run(Down);
        foreach (var detector in detectors)
            detector.JudgeCrash(crashed.TotalMilliseconds, world.Now.TotalMilliseconds);
        // The next life is another node to the watcher, but the network is the same: it keeps what it knows of the intervals.
        (lastHeard, lastNumber) = (null, 0);
        return crashed - begun;
    }

    private static async Task BeatAsync(IMachine machine)
    {
        var courier = await Courier.OpenAsync(machine);
        for (var number = 1; ; number++)
        {
            courier.Tell(Watcher, string.Create(CultureInfo.InvariantCulture, $"beat {number}"));
            await Task.Delay(TimeSpan.FromMilliseconds(EveryMs), machine.Clock);
        }
    }

    private async Task WatchAsync(IMachine machine)
    {
        var courier = await Courier.OpenAsync(machine);
        await courier.ServeAsync(letter => Hear(long.Parse(letter.Parts[1], CultureInfo.InvariantCulture)));
    }

    private void Hear(long number)
    {
        // One that was overtaken says nothing new.
        if (number <= lastNumber)
            return;
        lastNumber = number;
        var now = world.Now.TotalMilliseconds;
        if (lastHeard is { } last)
            window.Add(now - last);
        lastHeard = now;
        foreach (var detector in detectors)
        {
            var before = detector.Mistakes;
            detector.Hear(now, window);
            if (detector.Mistakes > before)
                world.Record?.Note(Watcher, "was wrong", detector.ToString());
        }
    }
}
