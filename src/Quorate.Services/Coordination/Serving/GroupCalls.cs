using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Serving;

/// <summary>The group as the calls of the service see it, with the service's errors.</summary>
/// <param name="group">The group.</param>
/// <param name="store">The store.</param>
/// <param name="clusterId">The cluster.</param>
internal sealed class GroupCalls(IReplicatedGroup group, CoordinationStore store, ulong clusterId)
{
    /// <summary>How many commands failed.</summary>
    public long Failed { get; private set; }

    /// <summary>The header of the present.</summary>
    public ResponseHeader Header() => new(clusterId, group.Self.Value, store.Revision, (ulong)group.Term);

    /// <summary>Has the group apply a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="CoordinationException">The group could not.</exception>
    public async ValueTask<byte[]> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        try
        {
            return await group.ProposeAsync(command, cancellationToken);
        }
        catch (ReplicationException e)
        {
            Failed++;
            throw GroupErrors.Translate(e);
        }
    }

    /// <summary>Waits until this replica's state is as new as everything that was acknowledged before.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="CoordinationException">No leader confirmed it.</exception>
    public async ValueTask BarrierAsync(CancellationToken cancellationToken)
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
}
