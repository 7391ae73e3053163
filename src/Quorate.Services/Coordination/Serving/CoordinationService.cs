using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Coordination.Authentication;
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
/// The service itself is for code of the same process, which is trusted; <see cref="For"/> gives the one for callers from outside.
/// Source: etcd v3.4, etcdserver/v3_server.go.
/// </remarks>
public sealed class CoordinationService : ICoordination, IMaintenance, IClientAccess, IAsyncDisposable
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
    private readonly Identification identification;
    private readonly AuthenticationCalls authentication;
    private readonly CallerGate gate;
    private readonly AuditTrail audit;

    // Who calls; null for the process itself.
    private ClientCredentials? caller;

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
        calls = new GroupCalls(group, store, options);
        maintenance = new MaintenanceCalls(machine, group, store, calls);
        quota = new SpaceQuota(store, options.QuotaBytes, RaiseNoSpaceAsync);
        var limits = new WatchLimits
        {
            BytesMax = options.WatchBufferBytesMax,
            FragmentBytes = options.RequestBytesMax,
            WatchesMax = options.Limits.WatchesPerStreamMax,
            AllWatchesMax = options.Limits.WatchesMax,
            AllBytesMax = options.Limits.WatchUnreadBytesMax,
        };
        watches = new WatchHub(store, strand, limits, calls.Header);
        var lessor = new Lessor(machine, group, store, new LessorOptions { CheckInterval = options.LeaseCheckInterval });
        leases = new LeaseCalls(machine, group, store, lessor, options.LeaderTimeout);
        members = new MemberCalls(machine, group, options.UrlScheme);
        audit = new AuditTrail(machine, options.Auth.Audit);
        identification = new Identification(machine, group, store, options.Auth);
        gate = new CallerGate(store, calls, identification, audit);
        authentication = new AuthenticationCalls(machine, store, calls, identification, audit, options.Auth);
        Authentication = new AuthenticationService(machine, strand, authentication, options.Auth, null);
        loops = new ServiceLoops(machine, group, store, watches, lessor, identification, options);
        strand.Post(loops.Start);
    }

    /// <summary>Users, roles and permissions, for code of the same process.</summary>
    public IAuthentication Authentication { get; }

    /// <inheritdoc/>
    public ClientServices For(ClientCredentials credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        var judged = (CoordinationService)MemberwiseClone();
        judged.caller = credentials;
        return new ClientServices(judged, judged, new AuthenticationService(machine, strand, authentication, options.Auth, credentials));
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
        var write = new CostlyWrite(request, Bounded(CommandWriter.Put(request)), WriteCost.Of(request));
        return On<CostlyWrite, PutResponse>(WriteAsync<PutResponse>, write, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DeleteRangeResponse> DeleteRangeAsync(DeleteRangeRequest request, CancellationToken cancellationToken = default)
    {
        RequestCheck.DeleteRange(request);
        var write = new CostlyWrite(request, Bounded(CommandWriter.DeleteRange(request)), 0);
        return On<CostlyWrite, DeleteRangeResponse>(WriteAsync<DeleteRangeResponse>, write, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken = default)
    {
        RequestCheck.Txn(request, options.TransactionOperationsMax);
        // Also one that only reads is bounded: it is evaluated in one go on the strand.
        if (request.OnlyReads())
            return On<TxnRequest, TxnResponse>(DoReadOnlyTxnAsync, request, cancellationToken);
        var write = new CostlyWrite(request, Bounded(CommandWriter.Txn(request)), WriteCost.Of(request));
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
        On<long, ResponseHeader>(DoRevokeAsync, id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseKeepAliveResponse> LeaseKeepAliveAsync(long id, CancellationToken cancellationToken = default) =>
        On<long, LeaseKeepAliveResponse>(DoKeepAliveAsync, id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseTimeToLiveResponse> LeaseTimeToLiveAsync(long id, bool keys, CancellationToken cancellationToken = default) =>
        On<(long Id, bool Keys), LeaseTimeToLiveResponse>(DoTimeToLiveAsync, (id, keys), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseLeasesResponse> LeaseLeasesAsync(CancellationToken cancellationToken = default) =>
        On<bool, LeaseLeasesResponse>(DoLeasesAsync, true, cancellationToken);

    /// <inheritdoc/>
    public IWatchStream OpenWatchStream() =>
        watches.Open(caller is null ? null : new WatchJudge(caller, identification, store, audit));

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberListAsync(bool linearizable, CancellationToken cancellationToken = default) =>
        On<bool, MemberListResponse>(DoMembersAsync, linearizable, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<MemberAddResponse> MemberAddAsync(
        IReadOnlyList<string> peerUrls, bool isLearner, CancellationToken cancellationToken = default) =>
        On<(IReadOnlyList<string>, bool), MemberAddResponse>(DoAddMemberAsync, (peerUrls, isLearner), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberRemoveAsync(ulong id, CancellationToken cancellationToken = default) =>
        On<ulong, MemberListResponse>((asked, c) => gate.AsAdminAsync(
            caller, "MemberRemove", Shown(id), () => ListAfterAsync(members.RemoveAsync(asked, c)), c), id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberUpdateAsync(
        ulong id, IReadOnlyList<string> peerUrls, CancellationToken cancellationToken = default) =>
        On<ulong, MemberListResponse>((asked, c) => gate.AsAdminAsync(
            caller, "MemberUpdate", Shown(id), () => ListAfterAsync(members.UpdateAsync(asked, peerUrls, c)), c), id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberPromoteAsync(ulong id, CancellationToken cancellationToken = default) =>
        On<ulong, MemberListResponse>((asked, c) => gate.AsAdminAsync(
            caller, "MemberPromote", Shown(id), () => ListAfterAsync(members.PromoteAsync(asked, c)), c), id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StatusResponse> StatusAsync(CancellationToken cancellationToken = default) =>
        On<bool, StatusResponse>((_, _) => new ValueTask<StatusResponse>(Status()), true, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HashResponse> HashAsync(CancellationToken cancellationToken = default) =>
        On<bool, HashResponse>((all, c) => gate.AsAdminHereAsync(caller, "Hash", () => maintenance.HashAsync(all, c), c), true, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HashResponse> HashKeysAsync(long revision, CancellationToken cancellationToken = default) =>
        On<long, HashResponse>(
            (asked, c) => gate.AsAdminHereAsync(caller, "HashKV", () => maintenance.HashKeysAsync(asked, c), c), revision, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AlarmResponse> AlarmsAsync(AlarmKind kind, CancellationToken cancellationToken = default) =>
        On<AlarmKind, AlarmResponse>(
            (asked, c) => gate.AsSomebodyAsync(caller, "Alarm", () => maintenance.AlarmsAsync(asked, c), c),
            RequestCheck.Known(kind),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AlarmResponse> RaiseAlarmAsync(Alarm alarm, CancellationToken cancellationToken = default)
    {
        RequestCheck.Raisable(alarm.Kind);
        return On<(bool, Alarm), AlarmResponse>(
            (asked, c) => gate.AsSomebodyAsync(caller, "Alarm", () => maintenance.SetAlarmAsync(asked, c), c), (true, alarm), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<AlarmResponse> DisarmAlarmAsync(Alarm alarm, CancellationToken cancellationToken = default)
    {
        RequestCheck.Known(alarm.Kind);
        return On<(bool, Alarm), AlarmResponse>(
            (asked, c) => gate.AsSomebodyAsync(caller, "Alarm", () => maintenance.SetAlarmAsync(asked, c), c), (false, alarm), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DefragmentAsync(CancellationToken cancellationToken = default) =>
        await On<bool, bool>((all, c) => gate.AsAdminHereAsync(caller, "Defragment", () => DoDefragmentAsync(all, c), c), true, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask MoveLeaderAsync(ulong memberId, CancellationToken cancellationToken = default) =>
        await On<ulong, bool>(maintenance.MoveLeaderAsync, memberId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IBackup> OpenBackupAsync(CancellationToken cancellationToken = default) =>
        On<bool, IBackup>(
            (all, c) => gate.AsAdminHereAsync(caller, "Snapshot", () => maintenance.OpenBackupAsync(all, c), c), true, cancellationToken);

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
        var who = CallerIdentity.Nobody;
        try
        {
            who = await identification.OfAsync(caller, cancellationToken);
            var reply = await calls.ProposeAsync(who, write.Command, cancellationToken);
            return Result<TResponse>(reply);
        }
        catch (CoordinationException e) when (audit.Refused(e, caller, who.User, write.Asked))
        {
            throw;
        }
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
        var who = await identification.OfAsync(caller, cancellationToken);
        var reply = await calls.ProposeAsync(who, command, cancellationToken);
        return calls.Header() with { Revision = ReplyReader.Revision(reply) };
    }

    private async ValueTask<RangeResponse> DoRangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        if (!request.Serializable)
            await calls.BarrierAsync(cancellationToken);
        if (caller is not null)
            await gate.JudgeAsync(caller, request, cancellationToken);
        if (RangeReader.Check(store.State, request.Revision) is { } error)
            throw CoordinationErrors.Of(error);
        return Read(() => RangeReader.Read(store.State, request, calls.Header()));
    }

    private async ValueTask<TxnResponse> DoReadOnlyTxnAsync(TxnRequest request, CancellationToken cancellationToken)
    {
        if (!RequestCheck.IsSerializable(request))
            await calls.BarrierAsync(cancellationToken);
        if (caller is not null)
            await gate.JudgeAsync(caller, request, cancellationToken);
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
        if (store.State.Leases.Count >= options.Limits.LeasesMax)
            throw CoordinationErrors.Of(CoordinationError.TooManyRequests);
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

    private async ValueTask<ResponseHeader> DoRevokeAsync(long id, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteForHeaderAsync(CommandWriter.LeaseRevoke(id), cancellationToken);
        }
        catch (CoordinationException e) when (audit.Refused(e, caller, identification.Now(caller)?.User ?? "", "LeaseRevoke", Shown((ulong)id)))
        {
            throw;
        }
    }

    private async ValueTask<LeaseTimeToLiveResponse> DoTimeToLiveAsync((long Id, bool Keys) asked, CancellationToken cancellationToken)
    {
        var found = await leases.TimeToLiveAsync(asked.Id, asked.Keys, calls.Header(), cancellationToken);
        if (caller is not null && found.Keys.Count > 0)
            await gate.JudgeAsync(caller, new TxnRequest([], [.. found.Keys.Select(key => new RangeRequest(key))], []), cancellationToken);
        return found;
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
        return await gate.AsAdminAsync(caller, "MemberAdd", string.Join(", ", asked.PeerUrls.Take(8)), AddAsync, cancellationToken);

        async ValueTask<MemberAddResponse> AddAsync()
        {
            var added = await members.AddAsync(asked.PeerUrls, asked.IsLearner, cancellationToken);
            return new MemberAddResponse(calls.Header(), added, members.List());
        }
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

    private static string Shown(ulong id) => id.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    private CoordinationFigures Figures() => new()
    {
        Status = Status(),
        Level = store.Level,
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

    private readonly record struct CostlyWrite(Operation Asked, ReadOnlyMemory<byte> Command, long Cost);
}
