using System.Globalization;
using Quorate.Cli.Lab.Messaging;
using Quorate.Cli.Lab.Runs;
using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Machines;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Lab.Delivery;

/// <summary>What client and server do about a message that may be lost.</summary>
internal enum Promise
{
    /// <summary>Send it once.</summary>
    AtMostOnce,

    /// <summary>Send it until it is answered.</summary>
    AtLeastOnce,

    /// <summary>The same, and the server remembers in memory what it did.</summary>
    RememberedInMemory,

    /// <summary>The same, and what it remembers is on disk with the effect itself.</summary>
    ExactlyOnceEffect,
}

/// <summary>What became of the requests of a client.</summary>
internal sealed record DeliveryResult(
    Promise Promise, double Loss, bool HasCrashes, int Asked, int Effects, int Lost, int Doubled, int Crashes);

/// <summary>A client that asks a server for effects, one after another, over a network that loses messages.</summary>
internal sealed class DeliveryRun
{
    private const string Server = "server";
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan UpMax = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan DownMax = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);
    private readonly Promise promise;
    private readonly int requests;
    private IReadOnlyList<long> effects = [];

    private DeliveryRun(Promise promise, int requests) => (this.promise, this.requests) = (promise, requests);

    /// <summary>Runs it in a world of its own.</summary>
    public static DeliveryResult Of(
        ulong seed, Promise promise, double loss, bool hasCrashes, int requests, WorldTally worlds, bool isFilmed, out Film? film)
    {
        using var world = new World(seed, new WorldOptions { Record = WordsLabeler.Record(isFilmed) });
        var run = new DeliveryRun(promise, requests);
        var server = world.AddMachine(Server, (machine, _) => run.ServeAsync(machine, world));
        var client = world.AddClient("client", (machine, _) => run.AskAsync(machine));
        world.Network.Loss = loss;
        var crashes = hasCrashes ? RunWithCrashes(world, server, client) : 0;
        world.RunUntil(() => client.HasFinished, Limit);
        var ended = world.Now;
        // What counts is what is on disk: the server reads it when it boots.
        world.Run(Settling);
        server.Crash();
        server.Start();
        world.Run(Settling);
        worlds.Add(world);
        film = Film.Of(world, "The picture: the client asks until it is answered. A crash or a loss between an effect and its answer makes it "
            + "ask again, and the server, which does not know, does it again.");
        film = film is null ? null : film with { Focus = (Settling, ended) };
        var distinct = run.effects.Distinct().Count();
        return new DeliveryResult(
            promise, loss, hasCrashes, requests, run.effects.Count, requests - distinct, run.effects.Count - distinct, crashes);
    }

    private static int RunWithCrashes(World world, SimulatedMachine server, SimulatedMachine client)
    {
        var random = SeededRandom.For(world.Seed, "crashes");
        var crashes = 0;
        while (!world.RunUntil(() => client.HasFinished, UpMax * random.NextDouble()) && world.Now < Limit)
        {
            server.Crash();
            crashes++;
            world.RunUntil(() => client.HasFinished, DownMax * random.NextDouble());
            server.Start();
        }
        return crashes;
    }

    private async Task ServeAsync(IMachine machine, World world)
    {
        var ledger = await Ledger.OpenAsync(machine);
        effects = ledger.Effects;
        var begun = new HashSet<long>(promise == Promise.ExactlyOnceEffect ? ledger.Effects : []);
        var done = new HashSet<long>(begun);
        var courier = await Courier.OpenAsync(machine);
        await courier.ServeAsync(Take);

        async void Take(Letter letter)
        {
            var number = long.Parse(letter.Parts[1], CultureInfo.InvariantCulture);
            var remembers = promise is Promise.ExactlyOnceEffect or Promise.RememberedInMemory;
            // What is under way is answered when it is done; a copy that comes meanwhile waits for that, which is to say, is asked again.
            if (!remembers || begun.Add(number))
            {
                await ledger.AppendAsync(number);
                done.Add(number);
                world.Record?.Note(Server, "effect", letter.Parts[1]);
            }
            if (done.Contains(number))
                courier.Answer(letter, $"done {number}");
        }
    }

    private async Task AskAsync(IMachine machine)
    {
        var courier = await Courier.OpenAsync(machine);
        _ = courier.ServeAsync(_ => { });
        // The server is up by then, so that without faults nothing is lost.
        await Task.Delay(Settling, machine.Clock);
        for (var number = 1; number <= requests; number++)
        {
            await Task.Delay(ThinkMax * machine.Random.NextDouble(), machine.Clock);
            var words = string.Create(CultureInfo.InvariantCulture, $"do {number}");
            while (await courier.AskAsync(Server, words, Patience) is null && promise != Promise.AtMostOnce)
            {
            }
        }
    }
}
