using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Invariants;
using Quorate.Cli.Drawing;
using Quorate.Cli.Lab.Runs;
using Quorate.Kernel.Machines;
using Quorate.Simulation;

namespace Quorate.Cli.Lab.SplitBrain;

/// <summary>Clients at every node add elements to one set, before, during and after a partition; at the end one reads it.</summary>
internal sealed class SetClients(World world, Func<int> leaders)
{
    /// <summary>How long a client waits at most.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private const int ElementsOfAClient = 10_000;
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(3);
    private readonly Clients clients = new(world);
    private readonly SortedSet<int> acknowledged = [];
    private TimeSpan cutAt = TimeSpan.MaxValue;
    private TimeSpan lastLook;
    private bool isEnding;

    /// <summary>How many adds were acknowledged.</summary>
    public int Acknowledged => acknowledged.Count;

    /// <summary>How many of those the last read did not have; -1 before it.</summary>
    public int Lost { get; private set; } = -1;

    /// <summary>How many adds were begun and acknowledged while the network was cut, at the smaller side and at the greater.</summary>
    public (int Minor, int Major) WhileCut { get; private set; }

    /// <summary>For how long two nodes believed at once that they lead.</summary>
    public TimeSpan TwoLead { get; private set; }

    /// <summary>What they did and saw.</summary>
    public HistoryRecorder History => clients.History;

    /// <summary>When the network was cut.</summary>
    public TimeSpan CutAt => cutAt;

    /// <summary>Lets the clients work, cuts the network, heals it and ends.</summary>
    public void Run(Func<(string[] Major, string[] Minor)> sides)
    {
        world.Run(Before);
        var (major, minor) = sides();
        cutAt = world.Now;
        world.Network.Partition(major, minor);
        world.Run(Cut);
        world.Network.Heal();
        world.Run(After);
        isEnding = true;
        world.Run(Patience * 2);
    }

    /// <summary>Counts the time for which two lead. It changes nothing.</summary>
    public void Look()
    {
        if (leaders() > 1)
            TwoLead += world.Now - lastLook;
        lastLook = world.Now;
    }

    /// <summary>One client at one node.</summary>
    public async Task WorkAsync(IMachine machine, int client, Func<bool> isMinor, Func<int, Task<bool>> add)
    {
        for (var n = 1; !isEnding; n++)
        {
            await Task.Delay(ThinkMax * machine.Random.NextDouble(), machine.Clock);
            var (element, begun) = (client * ElementsOfAClient + n, world.Now);
            var end = await clients.DoAsync(client, "add", null, HistoryValue.Of(element), async () =>
                new CallEnd(await add(element) ? HistoryEventType.Ok : HistoryEventType.Unknown));
            if (!end.IsOk)
                continue;
            acknowledged.Add(element);
            if (begun > cutAt && world.Now < cutAt + Cut)
                WhileCut = isMinor() ? (WhileCut.Minor + 1, WhileCut.Major) : (WhileCut.Minor, WhileCut.Major + 1);
        }
    }

    /// <summary>Reads the set once the others have ended.</summary>
    public async Task ReadAsync(IMachine machine, int client, Func<Task<IReadOnlyList<int>?>> read)
    {
        while (!isEnding)
            await Task.Delay(Patience, machine.Clock);
        await clients.DoAsync(client, "read", null, HistoryValue.Nil, async () =>
        {
            if (await read() is not { } elements)
                return new CallEnd(HistoryEventType.Fail);
            Lost = acknowledged.Except(elements).Count();
            return new CallEnd(HistoryEventType.Ok, HistoryValue.List([.. elements.Select(e => HistoryValue.Of(e))]));
        });
    }

    /// <summary>What the checker of sets says.</summary>
    public CheckedHistory Check() => Checked.By(new SetCheck(), History.ToHistory());

    /// <summary>What came of it.</summary>
    public SetRun ToRun(string name) => new(name, Acknowledged, Lost, WhileCut.Minor, WhileCut.Major, TwoLead, Check().Outcome);
}

/// <summary>What became of the elements of a set.</summary>
internal sealed record SetRun(string Name, int Acknowledged, int Lost, int Minor, int Major, TimeSpan TwoLead, CheckOutcome Verdict);
