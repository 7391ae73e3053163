using System.Diagnostics.Metrics;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Integrity;

/// <summary>Compares the replicas' states, where this one leads, and has one repaired that is not like a majority.</summary>
/// <remarks>
/// Guarantee: an alarm of corruption is raised for each replica whose state was seen to differ from that of a majority of the voters at the
/// same revision, and disarmed once it is seen to agree.
/// Cost: each replica reads its whole store once an interval, in slices between which other work gets its turn.
/// Source: etcd v3.4, etcdserver/corrupt.go (monitorKVHash); that the replica is repaired is not etcd's.
/// </remarks>
internal sealed class IntegrityWatch : IDisposable
{
    private const string Component = "integrity";
    private const int FasterWhileRaised = 10;
    private static readonly TimeSpan IntervalMin = TimeSpan.FromSeconds(1);
    private readonly IMachine machine;
    private readonly IReplicatedGroup group;
    private readonly CoordinationStore store;
    private readonly HashCalls calls;
    private readonly TimeSpan interval;
    private readonly Meter? meter;
    private long comparisons;
    private long differences;

    /// <summary>Creates the watch.</summary>
    public IntegrityWatch(IMachine machine, IReplicatedGroup group, CoordinationStore store, IntegrityOptions options)
    {
        (this.machine, this.group, this.store) = (machine, group, store);
        calls = new HashCalls(machine, group, store, options.GiveUpData);
        interval = options.Interval > IntervalMin ? options.Interval : IntervalMin;
        meter = machine.Telemetry.OpenMeter("Quorate.Integrity");
        meter?.CreateObservableCounter("quorate.integrity.comparisons", () => comparisons, description: "Comparisons of all replicas' states");
        meter?.CreateObservableCounter("quorate.integrity.differences", () => differences, description: "Replicas that were found to differ");
    }

    /// <summary>Runs until it is stopped.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var wanted = store.State.Alarms.IsCorrupt ? interval / FasterWhileRaised : interval;
            var pause = wanted > IntervalMin ? wanted : IntervalMin;
            await Task.Delay(pause * (1 + (machine.Random.NextDouble() / 10)), machine.Clock, cancellationToken);
            if (group.IsLeader)
                await LookAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => meter?.Dispose();

    private async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            // What was never acknowledged could be replaced: only a state that is sure is compared.
            await group.ReadBarrierAsync(cancellationToken);
            var reports = await AskAllAsync(store.Revision, store.CompactRevision, cancellationToken);
            if (!group.IsLeader)
                return;
            comparisons++;
            await JudgeAsync(HashVerdict.Of(reports), reports, cancellationToken);
        }
        catch (Exception e) when (e is ReplicationException or CoordinationException)
        {
            machine.Telemetry.Record(Severity.Debug, Component, $"The replicas were not compared: {e.Message}");
        }
    }

    private async ValueTask<IReadOnlyList<HashReport>> AskAllAsync(long revision, long compactRevision, CancellationToken cancellationToken)
    {
        var members = group.Members;
        var answers = await Task.WhenAll(
            members.Select(member => calls.AskAsync(member.Id, revision, compactRevision, cancellationToken).AsTask()));
        return [.. members.Select((member, i) => new HashReport(member.Id, !member.IsLearner, answers[i]))];
    }

    private async ValueTask JudgeAsync(HashVerdict verdict, IReadOnlyList<HashReport> reports, CancellationToken cancellationToken)
    {
        if (verdict.IsSplit)
        {
            Tell(Severity.Error, $"The replicas differ and no majority agrees, so none can be repaired: {Shown(reports)}. Nothing is written "
                + "until an operator decides which is right.");
            await SetAlarmAsync(isRaised: true, NodeId.None, cancellationToken);
        }

        foreach (var node in verdict.Agreeing)
            await DisarmAsync(node, cancellationToken);
        // The leader itself last: what it orders would else not be done.
        foreach (var node in verdict.Differing.OrderBy(node => node == group.Self))
            await RepairAsync(node, reports, cancellationToken);
    }

    private async ValueTask DisarmAsync(NodeId node, CancellationToken cancellationToken)
    {
        if (!store.State.Alarms.Contains(new Alarm(node.Value, AlarmKind.Corrupt)))
            return;
        await SetAlarmAsync(isRaised: false, node, cancellationToken);
        machine.Telemetry.Sometimes("integrity: a repaired replica agrees again");
        Tell(Severity.Warning, $"The state of replica {node} agrees with the others' again: its alarm is disarmed.");
    }

    private async ValueTask RepairAsync(NodeId node, IReadOnlyList<HashReport> reports, CancellationToken cancellationToken)
    {
        differences++;
        Tell(Severity.Error, $"The state of replica {node} is not the majority's: {Shown(reports)}. It takes its data anew.");
        await SetAlarmAsync(isRaised: true, node, cancellationToken);
        if (!await calls.OrderRepairAsync(node, cancellationToken))
            Tell(Severity.Warning, $"Replica {node} did not say that it takes its data anew; it is asked again.");
    }

    private async ValueTask SetAlarmAsync(bool isRaised, NodeId node, CancellationToken cancellationToken)
    {
        var alarm = new Alarm(node.Value, AlarmKind.Corrupt);
        if (store.State.Alarms.Contains(alarm) != isRaised)
            ReplyReader.Open(await group.ProposeAsync(CommandWriter.Alarm(isRaised, alarm), cancellationToken));
    }

    private void Tell(Severity severity, string text) => machine.Telemetry.Record(severity, Component, text);

    private static string Shown(IReadOnlyList<HashReport> reports) =>
        string.Join(", ", reports.Select(report => $"{report.Node} {report.Hash?.ToString("x16") ?? "(none)"}"));
}
