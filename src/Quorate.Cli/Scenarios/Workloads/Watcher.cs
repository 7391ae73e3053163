using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>
/// Watches every key from the first revision on; when a stream ends or falls silent, it goes on at any node where it was.
/// </summary>
internal sealed class Watcher(SimulatedCluster cluster, string name)
{
    private static readonly ReadOnlyMemory<byte> AllKeys = new byte[1];
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReopenPause = TimeSpan.FromMilliseconds(200);

    /// <summary>What it was told.</summary>
    public EventLog Log { get; } = new(name);

    /// <summary>The revision that it must reach before it ends; set when the cluster ends.</summary>
    public long Target { get; set; } = long.MaxValue;

    /// <summary>Watches until the target is reached.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        while (Log.Revision < Target)
        {
            if (cluster.Nodes[machine.Random.Next(cluster.Nodes.Count)].Service is { } service)
                await WatchAsync(machine, service.OpenWatchStream());
            await Task.Delay(ReopenPause, machine.Clock);
        }
    }

    private async Task WatchAsync(IMachine machine, IWatchStream stream)
    {
        cluster.Metrics.Add("watch streams");
        var streamMax = TimeSpan.FromSeconds(2 + machine.Random.Next(20));
        var start = machine.Clock.GetTimestamp();
        stream.Create(new WatchCreateRequest(AllKeys, AllKeys, StartRevision: Log.Revision + 1));
        while (Log.Revision < Target && machine.Clock.GetElapsedTime(start) < streamMax)
        {
            if (machine.Random.Next(8) == 0)
                stream.RequestProgress();
            if (await WatchReading.NextAsync(stream, machine, SilenceMax) is not { Canceled: false } message)
                break;
            cluster.Metrics.Add("watch events", message.Events.Count);
            Log.Add(message);
        }
        _ = WatchReading.CloseAsync(stream);
    }
}
