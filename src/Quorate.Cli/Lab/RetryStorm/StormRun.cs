using System.Globalization;
using Quorate.Cli.Lab.Messaging;
using Quorate.Cli.Lab.Runs;
using Quorate.Kernel.Machines;
using Quorate.Simulation;

namespace Quorate.Cli.Lab.RetryStorm;

/// <summary>How many requests were answered in time, second by second.</summary>
internal sealed record StormResult(RetryPolicy Policy, bool IsTriggered, IReadOnlyList<int> Goodput, int Asked, int Sent, int Wasted)
{
    /// <summary>How much of the load was served from one second to another.</summary>
    public double Served(int from, int to) =>
        Goodput.Skip(from).Take(to - from).Sum() / (double)((to - from) * StormRun.RequestsASecond);

    /// <summary>How much of the load was served before the trigger.</summary>
    public double Before => Served(2, StormRun.TriggerFrom);

    /// <summary>How much of the load is served in the last ten seconds, long after the trigger is gone.</summary>
    public double AtEnd => Served(StormRun.Seconds - 10, StormRun.Seconds);
}

/// <summary>Clients that ask a server at a steady rate below what it can serve, and the server, which stands still for a while.</summary>
internal sealed class StormRun
{
    /// <summary>How many requests come in a second.</summary>
    public const int RequestsASecond = 70;

    /// <summary>How many the server can answer in a second.</summary>
    public const int CapacityASecond = 100;

    /// <summary>When the server stops.</summary>
    public const int TriggerFrom = 8;

    /// <summary>When it goes on.</summary>
    public const int TriggerTo = 11;

    /// <summary>How long the run is.</summary>
    public const int Seconds = 40;

    /// <summary>How many requests wait at the server at most; more are dropped.</summary>
    public const int QueueMax = 400;

    /// <summary>How long a client waits for an answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private const string Server = "server";
    private const double BudgetMax = 10;
    private static readonly TimeSpan Work = TimeSpan.FromSeconds(1) / CapacityASecond;
    private static readonly TimeSpan UsefulFor = Patience / 2;
    private readonly World world;
    private readonly RetryPolicy policy;
    private readonly int[] goodput = new int[Seconds];
    private double budget = BudgetMax;
    private int asked;
    private int sent;
    private int wasted;

    private StormRun(World world, RetryPolicy policy) => (this.world, this.policy) = (world, policy);

    /// <summary>Runs it in a world of its own.</summary>
    public static StormResult Of(ulong seed, RetryPolicy policy, bool isTriggered, WorldTally worlds, bool isFilmed, out Film? film)
    {
        using var world = new World(seed, new WorldOptions { Record = WordsLabeler.Record(isFilmed) });
        var run = new StormRun(world, policy);
        var server = world.AddMachine(Server, (machine, _) => run.ServeAsync(machine));
        world.AddMachine("clients", (machine, _) => run.AskAllAsync(machine));
        world.Run(TimeSpan.FromSeconds(TriggerFrom));
        if (isTriggered)
            server.Pause();
        world.Run(TimeSpan.FromSeconds(TriggerTo - TriggerFrom));
        server.Resume();
        world.Run(TimeSpan.FromSeconds(Seconds - TriggerTo));
        worlds.Add(world);
        film = Film.Of(world, $"The picture: {policy.Name}, around the end of the pause. The server goes on and answers requests "
            + "whose clients have given up and asked again.");
        film = film is null ? null : film with { Focus = (TimeSpan.FromSeconds(TriggerTo - 0.3), TimeSpan.FromSeconds(TriggerTo + 0.7)) };
        return new StormResult(policy, isTriggered, run.goodput, run.asked, run.sent, run.wasted);
    }

    private async Task AskAllAsync(IMachine machine)
    {
        var courier = await Courier.OpenAsync(machine);
        _ = courier.ServeAsync(_ => { });
        while (true)
        {
            // Users come when they like: a Poisson process, which does not wait for the server.
            await Task.Delay(TimeSpan.FromSeconds(-Math.Log(1 - machine.Random.NextDouble()) / RequestsASecond), machine.Clock);
            AskOne(machine, courier, ++asked);
        }
    }

    private async void AskOne(IMachine machine, Courier courier, int number)
    {
        budget = Math.Min(BudgetMax, budget + (policy.Budget ?? 0));
        for (var attempt = 0; attempt <= policy.RetriesMax; attempt++)
        {
            if (attempt > 0 && !await MayRetryAsync(machine, attempt))
                return;
            sent++;
            var words = string.Create(CultureInfo.InvariantCulture, $"ask {number} try {attempt + 1}");
            if (await courier.AskAsync(Server, words, Patience) is null)
                continue;
            if (world.Now.TotalSeconds < Seconds)
                goodput[(int)world.Now.TotalSeconds]++;
            return;
        }
    }

    private async Task<bool> MayRetryAsync(IMachine machine, int attempt)
    {
        if (policy.Budget is not null && budget < 1)
            return false;
        budget -= policy.Budget is null ? 0 : 1;
        if (policy.Backoff > TimeSpan.Zero)
            await Task.Delay(policy.Backoff * (1 << (attempt - 1)) * machine.Random.NextDouble(), machine.Clock);
        return true;
    }

    private async Task ServeAsync(IMachine machine)
    {
        var courier = await Courier.OpenAsync(machine);
        var waiting = new Queue<(Letter Letter, TimeSpan Since)>();
        var isWorking = false;
        await courier.ServeAsync(letter =>
        {
            if (waiting.Count >= QueueMax)
                return;
            waiting.Enqueue((letter, world.Now));
            if (!isWorking)
                WorkOff();
        });

        async void WorkOff()
        {
            isWorking = true;
            while (waiting.TryDequeue(out var next))
            {
                if (policy.Sheds && world.Now - next.Since > UsefulFor)
                    continue;
                await Task.Delay(Work, machine.Clock);
                wasted += world.Now - next.Since > Patience ? 1 : 0;
                courier.Answer(next.Letter, "done");
            }
            isWorking = false;
        }
    }
}
