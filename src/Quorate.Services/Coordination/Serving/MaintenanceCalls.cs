using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Backups;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Serving;

/// <summary>The service's maintenance, all of it on the strand.</summary>
/// <param name="machine">The machine.</param>
/// <param name="group">The group.</param>
/// <param name="store">The store.</param>
/// <param name="service">The rest of the service.</param>
internal sealed class MaintenanceCalls(IMachine machine, IReplicatedGroup group, CoordinationStore store, GroupCalls service)
{
    // About etcd's: its heartbeat by default, by which it looks whether the lead has changed.
    private static readonly TimeSpan LeaderLookInterval = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Ends what is under way.</summary>
    public void Stop() => stopping.Cancel();

    /// <summary>A hash of everything.</summary>
    public async ValueTask<HashResponse> HashAsync(bool _, CancellationToken cancellationToken)
    {
        var header = service.Header();
        return new HashResponse(header, Fold(await store.HashAsync(cancellationToken)), store.CompactRevision);
    }

    /// <summary>A hash of the keys up to a revision.</summary>
    public async ValueTask<HashResponse> HashKeysAsync(long revision, CancellationToken cancellationToken)
    {
        var (header, compactRevision) = (service.Header(), store.CompactRevision);
        // etcd's own bounds: the compacted revision itself cannot be asked for, though it can be read.
        if (revision > 0 && revision <= compactRevision)
            throw CoordinationErrors.Of(CoordinationError.Compacted);
        if (revision > header.Revision)
            throw CoordinationErrors.Of(CoordinationError.FutureRevision);
        var hash = await store.HashAtAsync(revision > 0 ? revision : header.Revision, cancellationToken);
        return new HashResponse(header, Fold(hash), compactRevision);
    }

    /// <summary>The alarms.</summary>
    public async ValueTask<AlarmResponse> AlarmsAsync(AlarmKind kind, CancellationToken cancellationToken)
    {
        await service.BarrierAsync(cancellationToken);
        return new AlarmResponse(service.Header(), store.State.Alarms.Of(kind));
    }

    /// <summary>Raises or disarms an alarm.</summary>
    public async ValueTask<AlarmResponse> SetAlarmAsync((bool IsRaised, Alarm Alarm) asked, CancellationToken cancellationToken)
    {
        var reply = await service.ProposeAsync(CallerIdentity.Nobody, CommandWriter.Alarm(asked.IsRaised, asked.Alarm), cancellationToken);
        var reader = ReplyReader.Open(reply);
        var header = service.Header() with { Revision = reader.ReadVarInt() };
        return new AlarmResponse(header, reader.ReadBool() ? [asked.Alarm] : []);
    }

    /// <summary>Hands leadership over.</summary>
    public async ValueTask<bool> MoveLeaderAsync(ulong memberId, CancellationToken cancellationToken)
    {
        if (!group.IsLeader)
            throw CoordinationErrors.Of(CoordinationError.NotLeader);
        var to = new NodeId(memberId);
        if (group.Members.FirstOrDefault(member => member.Id == to) is null or { IsLearner: true })
            throw CoordinationErrors.Of(CoordinationError.BadLeaderTransferee);
        if (to == group.Self)
            return true;
        try
        {
            await group.TransferLeadershipAsync(to, cancellationToken);
            while (group.Leader != to)
                await Task.Delay(LeaderLookInterval, machine.Clock, cancellationToken);
            return true;
        }
        catch (ReplicationException e) when (e.Error != ReplicationError.Stopping)
        {
            throw CoordinationErrors.Of(CoordinationError.LeaderTransferTimeout);
        }
        catch (ReplicationException e)
        {
            throw GroupErrors.Translate(e);
        }
    }

    /// <summary>Begins a backup.</summary>
    public async ValueTask<IBackup> OpenBackupAsync(bool _, CancellationToken cancellationToken)
    {
        var header = service.Header();
        return await BackupStream.OpenAsync(machine, store.Cut(), header.ClusterId, header.Revision, stopping.Token, cancellationToken);
    }

    private static uint Fold(ulong hash) => (uint)(hash ^ (hash >> 32));
}
