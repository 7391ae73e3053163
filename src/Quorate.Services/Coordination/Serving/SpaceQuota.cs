using Quorate.Services.Coordination.Store;

namespace Quorate.Services.Coordination.Serving;

/// <summary>Refuses writes for which the store has no room, and has the cluster know.</summary>
/// <param name="store">The store.</param>
/// <param name="quotaBytes">The most bytes; 0 for any number.</param>
/// <param name="raise">Raises this member's alarm on every replica.</param>
/// <remarks>
/// The bytes are those of this member's versions that are kept. From the alarm on every replica refuses what takes space, until it is disarmed.
/// Source: etcd v3.4, etcdserver/api/v3rpc/quota.go.
/// </remarks>
internal sealed class SpaceQuota(CoordinationStore store, long quotaBytes, Func<CancellationToken, ValueTask> raise)
{
    /// <summary>The most bytes; 0 for any number.</summary>
    public long Bytes => quotaBytes;

    /// <summary>Whether there is room.</summary>
    /// <param name="cost">What the write may take, in bytes.</param>
    public bool HasRoom(long cost) => quotaBytes == 0 || cost == 0 || store.Bytes + cost < quotaBytes;

    /// <summary>Raises the alarm and refuses.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask RefuseAsync(CancellationToken cancellationToken)
    {
        await raise(cancellationToken);
        throw CoordinationErrors.Of(CoordinationError.NoSpace);
    }
}
