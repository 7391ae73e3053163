using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Compaction;

/// <summary>Has the group forget history that is older than is wanted, where this replica leads.</summary>
/// <remarks>
/// A new leader has seen no revision grow old: it waits a whole retention before it first compacts by time, so history is kept for at least
/// that long, and for at most two retentions and a tenth where the lead changes.
/// Source: etcd v3.4, compactor/periodic.go and revision.go.
/// </remarks>
internal sealed class AutoCompactor
{
    private const int SamplesPerRetention = 10;
    private static readonly TimeSpan SampleIntervalMax = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan RevisionInterval = TimeSpan.FromMinutes(5);
    private readonly IMachine machine;
    private readonly IReplicatedGroup group;
    private readonly CoordinationStore store;
    private readonly AutoCompaction wanted;
    private readonly Queue<(TimeSpan Time, long Revision)> samples = new();
    private long leadTerm;

    /// <summary>Creates a compactor.</summary>
    /// <param name="machine">The machine, for its clock.</param>
    /// <param name="group">The group.</param>
    /// <param name="store">The store.</param>
    /// <param name="wanted">What is kept.</param>
    public AutoCompactor(IMachine machine, IReplicatedGroup group, CoordinationStore store, AutoCompaction wanted) =>
        (this.machine, this.group, this.store, this.wanted) = (machine, group, store, wanted);

    /// <summary>Runs until it is stopped.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var begin = machine.Clock.GetTimestamp();
        while (true)
        {
            await Task.Delay(Interval(), machine.Clock, cancellationToken);
            if (Due(machine.Clock.GetElapsedTime(begin)) is { } revision && revision > store.CompactRevision)
                await CompactAsync(revision, cancellationToken);
        }
    }

    private TimeSpan Interval()
    {
        if (wanted is not AutoCompaction.ByTime { Retention: var retention })
            return RevisionInterval;
        var interval = retention / SamplesPerRetention;
        return interval < SampleIntervalMax ? interval : SampleIntervalMax;
    }

    /// <summary>Up to which revision history is to go; null where nothing is.</summary>
    private long? Due(TimeSpan now)
    {
        if (!group.IsLeader || group.Term != leadTerm)
            samples.Clear();
        leadTerm = group.Term;
        if (!group.IsLeader)
            return null;
        if (wanted is AutoCompaction.ByRevision kept)
            return store.Revision - kept.Retention is > 0 and var revision ? revision : null;
        return OldSample(now, ((AutoCompaction.ByTime)wanted).Retention);
    }

    // Bounded: a sample is taken at most every tenth of the retention or six minutes, and goes when it is older than the retention.
    private long? OldSample(TimeSpan now, TimeSpan retention)
    {
        samples.Enqueue((now, store.Revision));
        long? old = null;
        while (samples.TryPeek(out var oldest) && now - oldest.Time >= retention)
            old = samples.Dequeue().Revision;
        return old;
    }

    private async ValueTask CompactAsync(long revision, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await group.ProposeAsync(CommandWriter.Compact(revision), cancellationToken);
            ReplyReader.Open(reply);
            machine.Telemetry.Record(Severity.Debug, "compaction", $"History before revision {revision} goes.");
        }
        catch (Exception e) when (e is ReplicationException or CoordinationException)
        {
            // Somebody else compacted further, or there is no leader now: the next look decides anew.
            machine.Telemetry.Record(Severity.Debug, "compaction", $"Not compacted up to {revision}: {e.Message}");
        }
    }
}
