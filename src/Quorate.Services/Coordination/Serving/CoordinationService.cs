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
public sealed class CoordinationService : ICoordination, IAsyncDisposable
{
    private readonly IMachine machine;
    private readonly Strand strand;
    private readonly IReplicatedGroup group;
    private readonly CoordinationStore store;
    private readonly CoordinationOptions options;
    private readonly ServiceLoops loops;
    private readonly WatchHub watches;
    private readonly LeaseCalls leases;

    /// <summary>Creates the service and starts it on its strand.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="strand">The group's strand.</param>
    /// <param name="group">The group.</param>
    /// <param name="store">The group's state machine.</param>
    /// <param name="options">The settings.</param>
    public CoordinationService(IMachine machine, Strand strand, IReplicatedGroup group, CoordinationStore store, CoordinationOptions options)
    {
        (this.machine, this.strand, this.group, this.store, this.options) = (machine, strand, group, store, options);
        var limits = new WatchLimits { BytesMax = options.WatchBufferBytesMax, FragmentBytes = options.RequestBytesMax };
        watches = new WatchHub(store, strand, limits, Header);
        var lessor = new Lessor(machine, group, store, new LessorOptions { CheckInterval = options.LeaseCheckInterval });
        leases = new LeaseCalls(machine, group, store, lessor, options.LeaderTimeout);
        loops = new ServiceLoops(machine, group, store, watches, lessor, options.ProgressInterval);
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
        return On<ReadOnlyMemory<byte>, PutResponse>(WriteAsync<PutResponse>, Bounded(CommandWriter.Put(request)), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<DeleteRangeResponse> DeleteRangeAsync(DeleteRangeRequest request, CancellationToken cancellationToken = default)
    {
        RequestCheck.DeleteRange(request);
        var command = Bounded(CommandWriter.DeleteRange(request));
        return On<ReadOnlyMemory<byte>, DeleteRangeResponse>(WriteAsync<DeleteRangeResponse>, command, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken = default)
    {
        RequestCheck.Txn(request, options.TransactionOperationsMax);
        // Also one that only reads is bounded: it is evaluated in one go on the strand.
        if (RequestCheck.OnlyReads(request))
            return On<TxnRequest, TxnResponse>(DoReadOnlyTxnAsync, request, cancellationToken);
        return On<ReadOnlyMemory<byte>, TxnResponse>(WriteAsync<TxnResponse>, Bounded(CommandWriter.Txn(request)), cancellationToken);
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
            (asked, cancellation) => leases.TimeToLiveAsync(asked.Id, asked.Keys, Header(), cancellation), (id, keys), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseLeasesResponse> LeaseLeasesAsync(CancellationToken cancellationToken = default) =>
        On<bool, LeaseLeasesResponse>(DoLeasesAsync, true, cancellationToken);

    /// <inheritdoc/>
    public IWatchStream OpenWatchStream() => watches.Open();

    /// <inheritdoc/>
    public ValueTask<MemberListResponse> MemberListAsync(bool linearizable, CancellationToken cancellationToken = default) =>
        On<bool, MemberListResponse>(DoMembersAsync, linearizable, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StatusResponse> StatusAsync(CancellationToken cancellationToken = default) =>
        On<bool, StatusResponse>((_, _) => new ValueTask<StatusResponse>(Status()), true, cancellationToken);

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
        return new ValueTask<bool>(true);
    }

    private ResponseHeader Header() => new(options.ClusterId, group.Self.Value, store.Revision, (ulong)group.Term);

    private async ValueTask<byte[]> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        try
        {
            return await group.ProposeAsync(command, cancellationToken);
        }
        catch (ReplicationException e)
        {
            throw GroupErrors.Translate(e);
        }
    }

    private async ValueTask BarrierAsync(CancellationToken cancellationToken)
    {
        try
        {
            await group.ReadBarrierAsync(cancellationToken);
        }
        catch (ReplicationException e)
        {
            throw GroupErrors.Translate(e);
        }
    }

    private async ValueTask<TResponse> WriteAsync<TResponse>(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
        where TResponse : OperationResponse
    {
        var reply = await ProposeAsync(command, cancellationToken);
        return Result<TResponse>(reply);
    }

    private TResponse Result<TResponse>(byte[] reply)
        where TResponse : OperationResponse
    {
        var reader = ReplyReader.Open(reply);
        reader.ReadVarInt();
        return (TResponse)ReplyReader.Operation(ref reader, Header());
    }

    private async ValueTask<ResponseHeader> WriteForHeaderAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        var reply = await ProposeAsync(command, cancellationToken);
        return Header() with { Revision = ReplyReader.Revision(reply) };
    }

    private async ValueTask<RangeResponse> DoRangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        if (!request.Serializable)
            await BarrierAsync(cancellationToken);
        if (RangeReader.Check(store.State, request.Revision) is { } error)
            throw CoordinationErrors.Of(error);
        return Read(() => RangeReader.Read(store.State, request, Header()));
    }

    private async ValueTask<TxnResponse> DoReadOnlyTxnAsync(TxnRequest request, CancellationToken cancellationToken)
    {
        if (!RequestCheck.IsSerializable(request))
            await BarrierAsync(cancellationToken);
        return Read(() =>
        {
            var transaction = new Transaction(store.State, request);
            return transaction.Check(store.State) is { } error ? throw CoordinationErrors.Of(error) : transaction.Do(store.State, Header());
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
        var header = Header();
        return new LeaseKeepAliveResponse(header, id, await leases.KeepAliveAsync(id, cancellationToken));
    }

    private async ValueTask<LeaseLeasesResponse> DoLeasesAsync(bool _, CancellationToken cancellationToken)
    {
        await BarrierAsync(cancellationToken);
        return new LeaseLeasesResponse(Header(), [.. store.State.Leases.InOrder().Select(lease => lease.Id)]);
    }

    private async ValueTask<MemberListResponse> DoMembersAsync(bool linearizable, CancellationToken cancellationToken)
    {
        if (linearizable)
            await BarrierAsync(cancellationToken);
        return new MemberListResponse(Header(), [.. group.Members.OrderBy(member => member.Id).Select(Shown)]);
    }

    private ClusterMember Shown(GroupMember member) => new(
        member.Id.Value, member.Name, Urls(member.PeerAddress), Urls(member.ClientAddress), member.IsLearner);

    private string[] Urls(string address) => address.Length == 0 ? [] : [$"{options.UrlScheme}://{address}"];

    private StatusResponse Status()
    {
        string[] errors = group.Leader.IsNone ? [CoordinationErrors.TextOf(CoordinationError.NoLeader)] : [];
        return new StatusResponse(
            Header(), options.Version, store.Bytes, store.Bytes, group.Leader.Value, (ulong)group.CommitIndex, (ulong)group.Term,
            (ulong)group.AppliedIndex, errors, group.Members.Any(member => member.Id == group.Self && member.IsLearner));
    }
}
