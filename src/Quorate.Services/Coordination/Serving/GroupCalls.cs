using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Serving;

/// <summary>The group as the calls of the service see it, with the service's errors.</summary>
/// <param name="group">The group.</param>
/// <param name="store">The store.</param>
/// <param name="options">The settings.</param>
internal sealed class GroupCalls(IReplicatedGroup group, CoordinationStore store, CoordinationOptions options)
{
    /// <summary>How many commands failed.</summary>
    public long Failed { get; private set; }

    /// <summary>The header of the present.</summary>
    public ResponseHeader Header() => new(options.ClusterId, group.Self.Value, store.Revision, (ulong)group.Term);

    /// <summary>Has the group apply a command.</summary>
    /// <param name="caller">Who asked for it.</param>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="CoordinationException">The group could not.</exception>
    public async ValueTask<byte[]> ProposeAsync(CallerIdentity caller, ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await group.ProposeAsync(For(caller, command), cancellationToken);
            // Authentication was enabled on the way: nothing was done.
            if (caller.IsTrusted && ReplyReader.IsOf(reply, CoordinationError.UserEmpty))
                reply = await group.ProposeAsync(CommandWriter.Trusted(command), cancellationToken);
            return reply;
        }
        catch (ReplicationException e)
        {
            Failed++;
            throw GroupErrors.Translate(e);
        }
    }

    // As long as authentication is off a command says nothing of who asked for it, and is judged as nobody's should that change on the way.
    private ReadOnlyMemory<byte> For(CallerIdentity caller, ReadOnlyMemory<byte> command)
    {
        if (!store.State.Auth.IsEnabled || (!caller.IsTrusted && caller.Revision == 0))
            return command;
        var judged = caller.IsTrusted ? CommandWriter.Trusted(command) : CommandWriter.OnBehalf(caller.User, caller.Revision, command);
        return judged.Length <= options.RequestBytesMax ? judged : throw CoordinationErrors.Of(CoordinationError.RequestTooLarge);
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
