namespace Quorate.Services.Coordination;

/// <summary>What those who run a cluster ask of it: hashes to compare replicas, alarms, backups, and who leads.</summary>
/// <remarks>
/// Guarantee: alarms are replicated as writes are. Hashes, backups and figures are of this node's own state, as it is now.
/// Cost: a hash and a backup read every version once, in slices; what compaction frees waits until they are done.
/// Fails when: as <see cref="ICoordination"/>. Safe to call from any thread.
/// Source: etcd API v3.4, etcdserverpb/rpc.proto, Maintenance.
/// </remarks>
public interface IMaintenance
{
    /// <summary>A hash of everything that this node holds: keys, leases and alarms.</summary>
    ValueTask<HashResponse> HashAsync(CancellationToken cancellationToken = default);

    /// <summary>A hash of the keys and versions up to a revision: the same on every node that has compacted up to the same one.</summary>
    /// <param name="revision">The revision; 0 for the newest that this node has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<HashResponse> HashKeysAsync(long revision, CancellationToken cancellationToken = default);

    /// <summary>The alarms that are raised.</summary>
    /// <param name="kind">Of which kind; <see cref="AlarmKind.None"/> for every one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<AlarmResponse> AlarmsAsync(AlarmKind kind, CancellationToken cancellationToken = default);

    /// <summary>Raises an alarm; answers with it, raised before or not.</summary>
    ValueTask<AlarmResponse> RaiseAlarmAsync(Alarm alarm, CancellationToken cancellationToken = default);

    /// <summary>Disarms an alarm; answers with it, or with none where it was not raised.</summary>
    ValueTask<AlarmResponse> DisarmAlarmAsync(Alarm alarm, CancellationToken cancellationToken = default);

    /// <summary>Gives back what this node can of the space that compacted versions took.</summary>
    ValueTask DefragmentAsync(CancellationToken cancellationToken = default);

    /// <summary>Hands leadership to another voter. Only the leader does.</summary>
    /// <param name="memberId">The voter.</param>
    /// <param name="cancellationToken">Gives up waiting; it may still come about.</param>
    ValueTask MoveLeaderAsync(ulong memberId, CancellationToken cancellationToken = default);

    /// <summary>Begins a backup of the store as of now.</summary>
    ValueTask<IBackup> OpenBackupAsync(CancellationToken cancellationToken = default);

    /// <summary>What can be counted on this node.</summary>
    ValueTask<CoordinationFigures> FiguresAsync(CancellationToken cancellationToken = default);
}

/// <summary>A backup that is being read: a file's bytes, in order. One reader; disposing it ends it.</summary>
public interface IBackup : IAsyncDisposable
{
    /// <summary>The bytes of the whole.</summary>
    long Bytes { get; }

    /// <summary>Waits for the next bytes. Null at the end.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="CoordinationException">The node is stopping, or the reader was away for too long.</exception>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken = default);
}

/// <summary>A hash, and the revision from which on history is there (-1: all of it).</summary>
public sealed record HashResponse(ResponseHeader Header, uint Hash, long CompactRevision);

/// <summary>What can be counted on a node. Totals count since the node started; sizes in bytes.</summary>
public sealed record CoordinationFigures
{
    /// <summary>The node's state.</summary>
    public required StatusResponse Status { get; init; }

    /// <summary>The cluster's level, as far as this node's state has it.</summary>
    public int Level { get; init; }

    /// <summary>How often this node saw a leader that it had not seen lead before.</summary>
    public long LeaderChanges { get; init; }

    /// <summary>Commands of this node that are under way.</summary>
    public long PendingProposals { get; init; }

    /// <summary>Commands of this node that failed.</summary>
    public long FailedProposals { get; init; }

    /// <summary>The store's quota; 0 for none.</summary>
    public long QuotaBytes { get; init; }

    /// <summary>The oldest revision that can be read; -1 for all.</summary>
    public long CompactRevision { get; init; }

    /// <summary>Keys with at least one version that is kept.</summary>
    public long Keys { get; init; }

    /// <summary>Leases.</summary>
    public long Leases { get; init; }

    /// <summary>Streams of watches.</summary>
    public long WatchStreams { get; init; }

    /// <summary>Watches.</summary>
    public long Watchers { get; init; }

    /// <summary>Totals of what was done.</summary>
    public required StoreTotals Totals { get; init; }
}

/// <summary>How often each thing was done on a node since it started.</summary>
public sealed record StoreTotals
{
    /// <summary>Puts applied, those of transactions too.</summary>
    public long Puts { get; init; }

    /// <summary>Deletions applied, those of transactions too.</summary>
    public long Deletes { get; init; }

    /// <summary>Transactions applied.</summary>
    public long Transactions { get; init; }

    /// <summary>Ranges read.</summary>
    public long Ranges { get; init; }

    /// <summary>Leases granted.</summary>
    public long LeasesGranted { get; init; }

    /// <summary>Leases ended by clients.</summary>
    public long LeasesRevoked { get; init; }

    /// <summary>Leases that ran out.</summary>
    public long LeasesExpired { get; init; }
}
