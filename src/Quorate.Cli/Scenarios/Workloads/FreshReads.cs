using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>
/// Writes to whoever leads newest, and reads from one node, both without waiting for the end of the call before: a read that begins after
/// a write was acknowledged answers with that write's revision or a later one.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="hunt">Says where to read and when to rest.</param>
internal sealed class FreshReads(SimulatedCluster cluster, LeaseHunt hunt)
{
    private const int InflightMax = 40;
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(20);
    private static readonly RangeRequest Read = new("fresh"u8.ToArray());
    private static readonly PutRequest Write = new("fresh"u8.ToArray(), default);
    private ViolationException? violation;
    private long acknowledged;

    /// <summary>Writes until the cluster ends.</summary>
    public Task WriteAsync(IMachine machine) => RepeatAsync(machine, calls => hunt.WriterRests ? Task.CompletedTask : WriteOnceAsync(calls));

    /// <summary>Reads until the cluster ends.</summary>
    public Task ReadAsync(IMachine machine) => RepeatAsync(machine, ReadOnceAsync);

    private async Task RepeatAsync(IMachine machine, Func<ClientCalls, Task> once)
    {
        var calls = new ClientCalls(cluster, machine);
        var inflight = 0;
        while (!cluster.IsEnding || inflight > 0)
        {
            if (violation is not null)
                throw violation;
            if (!cluster.IsEnding && inflight < InflightMax)
                _ = CountedAsync();
            await calls.ThinkAsync(PauseMax);
        }

        async Task CountedAsync()
        {
            inflight++;
            await once(calls);
            inflight--;
        }
    }

    private async Task WriteOnceAsync(ClientCalls calls)
    {
        if (NewestLeader() is not { } leader)
            return;
        var put = await calls.CallAsync(leader, s => s.PutAsync(Write));
        if (put.Response is { } response)
            acknowledged = Math.Max(acknowledged, response.Header.Revision);
    }

    private async Task ReadOnceAsync(ClientCalls calls)
    {
        var (node, known) = (hunt.ReadAt ?? calls.AnyNode(), acknowledged);
        var range = await calls.CallAsync(node, s => s.RangeAsync(Read));
        cluster.Metrics.Add($"read {range.End.ToString().ToLowerInvariant()}");
        if (range.Response is { } response && response.Header.Revision < known)
            violation ??= new ViolationException(
                $"a stale read: {node.Name} answered as of revision {response.Header.Revision}, "
                + $"and revision {known} was acknowledged before it was asked");
    }

    private SimulatedNode? NewestLeader() => cluster.Nodes
        .Where(n => n.Host?.Inspect(SimulatedNode.Group).Role is RaftRole.Leader)
        .MaxBy(n => n.Host!.Inspect(SimulatedNode.Group).Term);
}
