using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>
/// Writes to any node without waiting for the end of the write before, so that every leader's log grows, whether it can commit or not.
/// </summary>
internal sealed class Pusher(SimulatedCluster cluster)
{
    private const int InflightMax = 64;
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(40);
    private int inflight;
    private int written;

    /// <summary>Writes until the cluster ends, and waits for what is under way.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        var calls = new ClientCalls(cluster, machine);
        while (!cluster.IsEnding || inflight > 0)
        {
            if (!cluster.IsEnding && inflight < InflightMax)
                _ = PushAsync(calls);
            await calls.ThinkAsync(PauseMax);
        }
    }

    private async Task PushAsync(ClientCalls calls)
    {
        inflight++;
        var value = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{++written}"));
        var put = await calls.CallAsync(Target(calls), s => s.PutAsync(new PutRequest("pushed"u8.ToArray(), value)));
        cluster.Metrics.Add($"push {put.End.ToString().ToLowerInvariant()}");
        inflight--;
    }

    // Half of the time one that leads, or thinks so.
    private SimulatedNode Target(ClientCalls calls)
    {
        var leaders = cluster.Nodes.Where(n => n.Host?.Group(SimulatedNode.Group).IsLeader == true).ToArray();
        return leaders.Length == 0 || calls.Machine.Random.Next(2) == 0 ? calls.AnyNode() : leaders[calls.Machine.Random.Next(leaders.Length)];
    }
}
