using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Integrity;

/// <summary>A replica's hash of the keys as of a revision, for whoever compares; and the order to begin anew.</summary>
internal sealed class HashCalls
{
    private const byte HashMethod = 3;
    private const byte RepairMethod = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly IMachine machine;
    private readonly IReplicatedGroup group;
    private readonly CoordinationStore store;
    private readonly Func<string, Task> giveUpData;

    /// <summary>Registers the calls with the group.</summary>
    public HashCalls(IMachine machine, IReplicatedGroup group, CoordinationStore store, Func<string, Task> giveUpData)
    {
        (this.machine, this.group, this.store, this.giveUpData) = (machine, group, store, giveUpData);
        group.Handle(HashMethod, AnswerAsync);
        group.Handle(RepairMethod, RepairAsync);
    }

    /// <summary>Asks a replica.</summary>
    /// <param name="node">Which.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="compactRevision">Up to where history must be compacted: hashes of different histories say nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where it does not answer, or has compacted further.</returns>
    public async ValueTask<ulong?> AskAsync(NodeId node, long revision, long compactRevision, CancellationToken cancellationToken)
    {
        var request = new ByteWriter(20);
        request.WriteVarInt(revision);
        request.WriteVarInt(compactRevision);
        try
        {
            var reply = await group.CallAsync(node, HashMethod, request.WrittenMemory, cancellationToken);
            return reply.Length == sizeof(ulong) ? new ByteReader(reply).ReadUInt64() : null;
        }
        catch (ReplicationException)
        {
            return null;
        }
    }

    /// <summary>Has a replica begin anew.</summary>
    /// <returns>Whether it does, as far as it can be known: one that begins at once may not answer any more.</returns>
    public async ValueTask<bool> OrderRepairAsync(NodeId node, CancellationToken cancellationToken)
    {
        try
        {
            return (await group.CallAsync(node, RepairMethod, default, cancellationToken)).Length == 0;
        }
        catch (ReplicationException)
        {
            return false;
        }
    }

    private async ValueTask<byte[]> AnswerAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        var reader = new ByteReader(request.Span);
        var (revision, compactRevision) = (reader.ReadVarInt(), reader.ReadVarInt());
        reader.ExpectEnd();
        var begin = machine.Clock.GetTimestamp();
        while (store.Revision < revision || store.CompactRevision < compactRevision)
        {
            if (machine.Clock.GetElapsedTime(begin) > Patience)
                return [];
            await Task.Delay(Pause, machine.Clock, cancellationToken);
        }

        if (store.CompactRevision != compactRevision)
            return [];
        var reply = new ByteWriter(sizeof(ulong));
        reply.WriteUInt64(await store.HashAtAsync(revision, cancellationToken));
        return reply.ToArray();
    }

    private async ValueTask<byte[]> RepairAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await giveUpData("its state is not the one of the other replicas");
        return [];
    }
}
