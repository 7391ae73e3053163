using System.Globalization;
using Quorate.Checking.Histories;
using Quorate.Cli.Lab.Runs;
using Quorate.Cli.Lab.Stores;
using Quorate.Kernel.Machines;
using Quorate.Simulation;

namespace Quorate.Cli.Lab.Cap;

/// <summary>An operation that a client began while the network was cut.</summary>
/// <param name="IsMinor">Whether the client is on the side of the minority.</param>
/// <param name="IsRead">Whether it is a read.</param>
/// <param name="IsAnswered">Whether it was answered before the network was healed.</param>
internal readonly record struct Attempt(bool IsMinor, bool IsRead, bool IsAnswered);

/// <summary>Clients at every node of a store, before, during and after a partition.</summary>
internal sealed class PartitionedClients(World world)
{
    /// <summary>How long a client waits for an answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(1);
    private static readonly string[] Keys = ["x", "y"];
    private readonly Clients clients = new(world);
    private readonly List<Attempt> attempts = [];
    private TimeSpan settled = TimeSpan.MaxValue;
    private TimeSpan healed = TimeSpan.MaxValue;
    private bool isEnding;

    /// <summary>What they did and saw.</summary>
    public HistoryRecorder History => clients.History;

    /// <summary>What was tried while the network was cut and both sides had settled.</summary>
    public IReadOnlyList<Attempt> Attempts => attempts;

    /// <summary>When the network was cut.</summary>
    public TimeSpan CutAt { get; private set; }

    /// <summary>Lets the clients work, cuts the network between the sides, heals it and ends.</summary>
    /// <param name="major">The nodes of the greater side.</param>
    /// <param name="minor">The nodes of the other side; none for no partition.</param>
    public void Run(string[] major, string[] minor)
    {
        world.Run(Before);
        CutAt = world.Now;
        (settled, healed) = (CutAt + Settling, CutAt + Settling + Measured);
        world.Network.Partition(major, minor);
        world.Run(Settling + Measured);
        world.Network.Heal();
        world.Run(After);
        isEnding = true;
        world.Run(Patience * 3);
    }

    /// <summary>One client at one node.</summary>
    public async Task WorkAsync(IMachine machine, Random random, int client, bool isMinor, IStoreSite site)
    {
        for (var n = 1; !isEnding; n++)
        {
            await Task.Delay(ThinkMax * random.NextDouble(), machine.Clock);
            var (isRead, key, begun) = (random.Next(2) == 0, Keys[random.Next(Keys.Length)], world.Now);
            var value = string.Create(CultureInfo.InvariantCulture, $"{client}.{n}");
            var end = isRead
                ? await clients.DoAsync(client, "get", key, HistoryValue.Nil, () => site.GetAsync(key))
                : await clients.DoAsync(client, "put", key, HistoryValue.Of(value), () => site.PutAsync(key, value));
            if (begun >= settled && begun < healed - Patience)
                attempts.Add(new Attempt(isMinor, isRead, end.IsOk && world.Now < healed));
        }
    }
}
