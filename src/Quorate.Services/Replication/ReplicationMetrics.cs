using System.Diagnostics.Metrics;
using Quorate.Kernel.Machines;

namespace Quorate.Services.Replication;

/// <summary>The figures of a node's groups, read when somebody asks for them: nothing is counted on the way of a command.</summary>
internal sealed class ReplicationMetrics : IDisposable
{
    private readonly Meter? meter;
    private readonly string node;
    private readonly Func<IEnumerable<ReplicaGroup>> groups;

    public ReplicationMetrics(ITelemetry telemetry, string node, Func<IEnumerable<ReplicaGroup>> groups)
    {
        this.node = node;
        this.groups = groups;
        meter = telemetry.OpenMeter("Quorate.Replication");
        if (meter is null)
            return;
        meter.CreateObservableGauge("quorate.replication.term", () => Of(group => group.Term), description: "Current term");
        meter.CreateObservableGauge("quorate.replication.leads", () => Of(group => group.IsLeader ? 1 : 0), description: "1 at the leader");
        meter.CreateObservableCounter(
            "quorate.replication.committed", () => Of(group => group.CommitIndex), "{entry}", "Committed entries");
        meter.CreateObservableCounter("quorate.replication.applied", () => Of(group => group.AppliedIndex), "{entry}", "Applied entries");
        meter.CreateObservableGauge("quorate.replication.inflight", () => Of(group => group.Inflight), "{command}", "Commands under way");
    }

    public void Dispose() => meter?.Dispose();

    private Measurement<long>[] Of(Func<ReplicaGroup, long> value) =>
        groups().Select(group => new Measurement<long>(
            value(group),
            new KeyValuePair<string, object?>("node", node),
            new KeyValuePair<string, object?>("group", (long)group.Id))).ToArray();
}
