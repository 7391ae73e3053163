using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Leases;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Coordination.Watches;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Serving;

/// <summary>The coordination service on one member of a group.</summary>
/// <remarks>
/// Guarantee: as <see cref="ICoordination"/>.
/// Cost: one post to the strand and one proposal for a write; one post and a shared read barrier for a linearizable read; one post for a
/// serializable one.
/// Fails when: the group has no majority: then calls end with the group's own deadline.
/// Source: etcd v3.4, etcdserver/v3_server.go.
/// </remarks>
public sealed class CoordinationService : ICoordination, IMaintenance, IAsyncDisposable
{
    private readonly IMachine machine;
    private readonly Strand strand;
    private readonly IReplicatedGroup group;
    private readonly CoordinationStore store;
    private readonly CoordinationOptions options;
    private readonly ServiceLoops loops;
    private readonly WatchHub watches;
    private readonly LeaseCalls leases;
    private readonly MemberCalls members;
    private readonly GroupCalls calls;
    private readonly MaintenanceCalls maintenance;
    private readonly SpaceQuota quota;

    /// <summary>Creates the service and starts it on its strand.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="strand">The group's strand.</param>
    /// <param name="group">The group.</param>
    /// <param name="store">The group's state machine.</param>
    /// <param name="options">The settings.</param>
    public CoordinationService(IMachine machine, Strand strand, IReplicatedGroup group, CoordinationStore store, CoordinationOptions options)
    {
        (this.machine, this.strand, this.group, this.store, this.options) = (machine, strand, group, store, options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.QuotaBytes);
        calls = new GroupCalls(group, store, options.ClusterId);
        maintenance = new MaintenanceCalls(machine, group, store, calls);
        quota = new SpaceQuota(store, options.QuotaBytes, RaiseNoSpaceAsync);
        var limits = new WatchLimits { BytesMax = options.WatchBufferBytesMax, FragmentBytes = options.RequestBytesMax };
        watches = new WatchHub(store, strand, limits, calls.Header);
        var lessor = new Lessor(machine, group, store, new LessorOptions { CheckInterval = options.LeaseCheckInterval });
        leases = new LeaseCalls(machine, group, store, lessor, options.LeaderTimeout);
        members = new MemberCalls(machine, group, options.UrlScheme);
        loops = new ServiceLoops(machine, group, store, watches, lessor, options);
        strand.Post(loops.Start);
    }

    /// <inheritdoc/>
    public ValueTask<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken = default)
    {
        RequestCheck.Range(request);
        return On<RangeRequest, RangeResponse>(DoRangeAsync, request, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<PutResponse> PutAsync(PutRequest request, CancellationToken cancellationToken = default)
    {
        RequestCheck.Put(request);
        var write = new CostlyWrite(Bounded(CommandWriter.Put(request)), WriteCost.Of(request));
        return On<CostlyWrite, PutResponse>(WriteAsync<PutResponse>, write, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DeleteRangeResponse> DeleteRangeAsync(DeleteRangeRequest request, CancellationToken cancellationToken = default)
    {
        RequestCheck.DeleteRange(request);
        var write = new CostlyWrite(Bounded(CommandWriter.DeleteRange(request)), 0);
        return On<CostlyWrite, DeleteRangeResponse>(WriteAsync<DeleteRangeResponse>, write, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken = default)
    {
        RequestCheck.Txn(request, options.TransactionOperationsMax);
        // Also one that only reads is bounded: it is evaluated in one go on the strand.
        if (RequestCheck.OnlyReads(request))
            return On<TxnRequest, TxnResponse>(DoReadOnlyTxnAsync, request, cancellationToken);
        var write = new CostlyWrite(Bounded(CommandWriter.Txn(request)), WriteCost.Of(request));
        return On<CostlyWrite, TxnResponse>(WriteAsync<TxnResponse>, write, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> CompactAsync(long revision, bool physical, CancellationToken cancellationToken = default) =>
        On<(long, bool), ResponseHeader>(DoCompactAsync, (revision, physical), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseGrantResponse> LeaseGrantAsync(long id, long ttlSeconds, CancellationToken cancellationToken = default)
    {
        if (ttlSeconds > RequestCheck.LeaseTtlSecondsMax)
            throw CoordinationErrors.Of(CoordinationError.LeaseTtlTooLarge);
        return On<(long, long), LeaseGrantResponse>(DoGrantAsync, (id, ttlSeconds), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ResponseHeader> LeaseRevokeAsync(long id, CancellationToken cancellationToken = default) =>
        On<ReadOnlyMemory<byte>, ResponseHeader>(WriteForHeaderAsync, CommandWriter.LeaseRevoke(id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseKeepAliveResponse> LeaseKeepAliveAsync(long id, CancellationToken cancellationToken = default) =>
        On<long, LeaseKeepAliveResponse>(DoKeepAliveAsync, id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseTimeToLiveResponse> LeaseTimeToLiveAsync(long id, bool keys, CancellationToken cancellationToken = default) =>
        On<(long Id, bool Keys), LeaseTimeToLiveResponse>(
            (asked, cancellation) => leases.TimeToLiveAsync(asked.Id, asked.Keys, calls.Header(), cancellation), (id, keys), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseLeasesResponse> LeaseLeasesAsync(CancellationToken cancellationToken = default) =>
        On<bool, LeaseLeasesResponse>(DoLeasesAsync, true, cancellationToken);

    /// <inheritdoc/>
    public IWatchStream OpenWatchStream() => watches.Open();

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberListAsync(bool linearizable, CancellationToken cancellationToken = default) =>
        On<bool, MemberListResponse>(DoMembersAsync, linearizable, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<MemberAddResponse> MemberAddAsync(
        IReadOnlyList<string> peerUrls, bool isLearner, CancellationToken cancellationToken = default) =>
        On<(IReadOnlyList<string>, bool), MemberAddResponse>(DoAddMemberAsync, (peerUrls, isLearner), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberRemoveAsync(ulong id, CancellationToken cancellationToken = default) =>
        On<ulong, MemberListResponse>((asked, c) => ListAfterAsync(members.RemoveAsync(asked, c)), id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberUpdateAsync(
        ulong id, IReadOnlyList<string> peerUrls, CancellationToken cancellationToken = default) =>
        On<ulong, MemberListResponse>((asked, c) => ListAfterAsync(members.UpdateAsync(asked, peerUrls, c)), id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberPromoteAsync(ulong id, CancellationToken cancellationToken = default) =>
        On<ulong, MemberListResponse>((asked, c) => ListAfterAsync(members.PromoteAsync(asked, c)), id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StatusResponse> StatusAsync(CancellationToken cancellationToken = default) =>
        On<bool, StatusResponse>((_, _) => new ValueTask<StatusResponse>(Status()), true, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HashResponse> HashAsync(CancellationToken cancellationToken = default) =>
        On<bool, HashResponse>(maintenance.HashAsync, true, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HashResponse> HashKeysAsync(long revision, CancellationToken cancellationToken = default) =>
        On<long, HashResponse>(maintenance.HashKeysAsync, revision, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AlarmResponse> AlarmsAsync(AlarmKind kind, CancellationToken cancellationToken = default) =>
        On<AlarmKind, AlarmResponse>(maintenance.AlarmsAsync, RequestCheck.Known(kind), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AlarmResponse> RaiseAlarmAsync(Alarm alarm, CancellationToken cancellationToken = default)
    {
        RequestCheck.Known(alarm.Kind);
        return On<(bool, Alarm), AlarmResponse>(maintenance.SetAlarmAsync, (true, alarm), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<AlarmResponse> DisarmAlarmAsync(Alarm alarm, CancellationToken cancellationToken = default)
    {
        RequestCheck.Known(alarm.Kind);
        return On<(bool, Alarm), AlarmResponse>(maintenance.SetAlarmAsync, (false, alarm), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DefragmentAsync(CancellationToken cancellationToken = default) =>
        await On<bool, bool>(DoDefragmentAsync, true, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask MoveLeaderAsync(ulong memberId, CancellationToken cancellationToken = default) =>
        await On<ulong, bool>(maintenance.MoveLeaderAsync, memberId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IBackup> OpenBackupAsync(CancellationToken cancellationToken = default) =>
        On<bool, IBackup>(maintenance.OpenBackupAsync, true, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CoordinationFigures> FiguresAsync(CancellationToken cancellationToken = default) =>
        On<bool, CoordinationFigures>((_, _) => new ValueTask<CoordinationFigures>(Figures()), true, cancellationToken);

    /// <summary>Ends the streams and the loops. The group is left alone.</summary>
    public async ValueTask DisposeAsync() => await On<bool, bool>(StopAsync, true, default);

    private ValueTask<TResponse> On<TRequest, TResponse>(
        Func<TRequest, CancellationToken, ValueTask<TResponse>> work, TRequest request, CancellationToken cancellationToken) =>
        StrandCall<TRequest, TResponse>.Start(strand, work, request, options.CallersBlock, cancellationToken);

    private ReadOnlyMemory<byte> Bounded(ReadOnlyMemory<byte> command) =>
        command.Length <= options.RequestBytesMax ? command : throw CoordinationErrors.Of(CoordinationError.RequestTooLarge);

    private ValueTask<bool> StopAsync(bool _, CancellationToken cancellationToken)
    {
        loops.Stop();
        maintenance.Stop();
        return new ValueTask<bool>(true);
    }

    private async ValueTask<TResponse> WriteAsync<TResponse>(CostlyWrite write, CancellationToken cancellationToken)
        where TResponse : OperationResponse
    {
        if (!quota.HasRoom(write.Cost))
            await quota.RefuseAsync(cancellationToken);
        var reply = await calls.ProposeAsync(write.Command, cancellationToken);
        return Result<TResponse>(reply);
    }

    private TResponse Result<TResponse>(byte[] reply)
        where TResponse : OperationResponse
    {
        var reader = ReplyReader.Open(reply);
        reader.ReadVarInt();
        return (TResponse)ReplyReader.Operation(ref reader, calls.Header());
    }

    private async ValueTask<ResponseHeader> WriteForHeaderAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        var reply = await calls.ProposeAsync(command, cancellationToken);
        return calls.Header() with { Revision = ReplyReader.Revision(reply) };
    }

    private async ValueTask<RangeResponse> DoRangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        if (!request.Serializable)
            await calls.BarrierAsync(cancellationToken);
        if (RangeReader.Check(store.State, request.Revision) is { } error)
            throw CoordinationErrors.Of(error);
        return Read(() => RangeReader.Read(store.State, request, calls.Header()));
    }

    private async ValueTask<TxnResponse> DoReadOnlyTxnAsync(TxnRequest request, CancellationToken cancellationToken)
    {
        if (!RequestCheck.IsSerializable(request))
            await calls.BarrierAsync(cancellationToken);
        return Read(() =>
        {
            var transaction = new Transaction(store.State, request);
            return transaction.Check(store.State) is { } error ? throw CoordinationErrors.Of(error) : transaction.Do(store.State, calls.Header());
        });
    }

    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (IOException)
        {
            // A value that is on disk cannot be had: this node fails with the disk's own error, and the caller asks another one.
            throw CoordinationErrors.Of(CoordinationError.Stopped);
        }
    }

    private async ValueTask<ResponseHeader> DoCompactAsync((long Revision, bool Physical) asked, CancellationToken cancellationToken)
    {
        var header = await WriteForHeaderAsync(CommandWriter.Compact(asked.Revision), cancellationToken);
        if (asked.Physical)
            await loops.TrimAllAsync(cancellationToken);
        return header;
    }

    private async ValueTask<LeaseGrantResponse> DoGrantAsync((long Id, long TtlSeconds) asked, CancellationToken cancellationToken)
    {
        if (!quota.HasRoom(WriteCost.LeaseBytes))
            await quota.RefuseAsync(cancellationToken);
        var ttl = Math.Max(asked.TtlSeconds, (long)Math.Ceiling(options.LeaseTtlMin.TotalSeconds));
        while (true)
        {
            var id = asked.Id != 0 ? asked.Id : machine.Random.NextInt64(1, long.MaxValue);
            try
            {
                var header = await WriteForHeaderAsync(CommandWriter.LeaseGrant(id, ttl), cancellationToken);
                return new LeaseGrantResponse(header, id, ttl);
            }
            catch (CoordinationException e) when (asked.Id == 0 && e.Error == CoordinationError.LeaseExists)
            {
                // The id that was drawn is taken: draw another one.
            }
        }
    }

    private async ValueTask<LeaseKeepAliveResponse> DoKeepAliveAsync(long id, CancellationToken cancellationToken)
    {
        // The header is of before the renewal, so that a client never sees a renewal newer than the lease's end.
        var header = calls.Header();
        return new LeaseKeepAliveResponse(header, id, await leases.KeepAliveAsync(id, cancellationToken));
    }

    private async ValueTask<LeaseLeasesResponse> DoLeasesAsync(bool _, CancellationToken cancellationToken)
    {
        await calls.BarrierAsync(cancellationToken);
        return new LeaseLeasesResponse(calls.Header(), [.. store.State.Leases.InOrder().Select(lease => lease.Id)]);
    }

    private async ValueTask<MemberListResponse> DoMembersAsync(bool linearizable, CancellationToken cancellationToken)
    {
        if (linearizable)
            await calls.BarrierAsync(cancellationToken);
        return new MemberListResponse(calls.Header(), members.List());
    }

    private async ValueTask<MemberListResponse> ListAfterAsync(ValueTask step)
    {
        await step;
        return new MemberListResponse(calls.Header(), members.List());
    }

    private async ValueTask<MemberAddResponse> DoAddMemberAsync(
        (IReadOnlyList<string> PeerUrls, bool IsLearner) asked, CancellationToken cancellationToken)
    {
        var added = await members.AddAsync(asked.PeerUrls, asked.IsLearner, cancellationToken);
        return new MemberAddResponse(calls.Header(), added, members.List());
    }

    private async ValueTask RaiseNoSpaceAsync(CancellationToken cancellationToken)
    {
        var alarm = new Alarm(group.Self.Value, AlarmKind.NoSpace);
        if (store.State.Alarms.Contains(alarm))
            return;
        var text = $"The store's quota of {quota.Bytes} bytes is used up: writes are refused until the alarm is disarmed.";
        machine.Telemetry.Record(Severity.Warning, "coordination", text);
        await maintenance.SetAlarmAsync((true, alarm), cancellationToken);
    }

    private async ValueTask<bool> DoDefragmentAsync(bool _, CancellationToken cancellationToken)
    {
        await loops.TrimAllAsync(cancellationToken);
        return true;
    }

    private StatusResponse Status()
    {
        string[] noLeader = group.Leader.IsNone ? [CoordinationErrors.TextOf(CoordinationError.NoLeader)] : [];
        return new StatusResponse(
            calls.Header(), options.Version, store.HeldBytes, store.Bytes, group.Leader.Value, (ulong)group.CommitIndex, (ulong)group.Term,
            (ulong)group.AppliedIndex, [.. noLeader, .. store.State.Alarms.Of(AlarmKind.None).Select(Shown)],
            group.Members.Any(member => member.Id == group.Self && member.IsLearner));
    }

    // As protobuf's text form, which is what etcd shows of an alarm.
    private static string Shown(Alarm alarm)
    {
        var member = alarm.MemberId == 0 ? "" : $"memberID:{alarm.MemberId} ";
        var kind = alarm.Kind switch { AlarmKind.NoSpace => "alarm:NOSPACE ", AlarmKind.Corrupt => "alarm:CORRUPT ", _ => "" };
        return member + kind;
    }

    private CoordinationFigures Figures() => new()
    {
        Status = Status(),
        LeaderChanges = group.LeaderChanges,
        PendingProposals = group.Pending,
        FailedProposals = calls.Failed,
        QuotaBytes = quota.Bytes,
        CompactRevision = store.CompactRevision,
        Keys = store.State.Keys.Count,
        Leases = store.LeaseCount,
        WatchStreams = watches.StreamCount,
        Watchers = watches.WatcherCount,
        Totals = store.State.Counters.Totals,
    };

    private readonly record struct CostlyWrite(ReadOnlyMemory<byte> Command, long Cost);
}
