using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Leases;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Serving;

/// <summary>What only the leader can answer about leases: renewing one, and what is left of one. Other members ask it.</summary>
internal sealed class LeaseCalls
{
    private const byte KeepAliveMethod = 1;
    private const byte TimeToLiveMethod = 2;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);
    private readonly IMachine machine;
    private readonly IReplicatedGroup group;
    private readonly CoordinationStore store;
    private readonly Lessor lessor;
    private readonly TimeSpan timeout;

    /// <summary>Registers the calls with the group.</summary>
    /// <param name="machine">The machine, for its clock.</param>
    /// <param name="group">The group.</param>
    /// <param name="store">The store.</param>
    /// <param name="lessor">Keeps the deadlines here.</param>
    /// <param name="timeout">How long the leader is looked for.</param>
    public LeaseCalls(IMachine machine, IReplicatedGroup group, CoordinationStore store, Lessor lessor, TimeSpan timeout)
    {
        (this.machine, this.group, this.store, this.lessor, this.timeout) = (machine, group, store, lessor, timeout);
        group.Handle(KeepAliveMethod, (request, cancellation) => AnswerAsync(request, RenewAsync, cancellation));
        group.Handle(TimeToLiveMethod, (request, cancellation) => AnswerAsync(request, TellAsync, cancellation));
    }

    /// <summary>Renews a lease.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its time to live, or 0 where there is no such lease.</returns>
    public async ValueTask<long> KeepAliveAsync(long id, CancellationToken cancellationToken)
    {
        var request = new ByteWriter(16);
        request.WriteVarInt(id);
        return ReplyReader.Revision(await AskLeaderAsync(KeepAliveMethod, request.WrittenMemory, cancellationToken));
    }

    /// <summary>Asks what is left of a lease.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="keys">Whether its keys are wanted.</param>
    /// <param name="header">The header of the response.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<LeaseTimeToLiveResponse> TimeToLiveAsync(
        long id, bool keys, ResponseHeader header, CancellationToken cancellationToken)
    {
        var request = new ByteWriter(16);
        request.WriteVarInt(id);
        request.WriteBool(keys);
        var reply = await AskLeaderAsync(TimeToLiveMethod, request.WrittenMemory, cancellationToken);
        return ReadTimeToLive(reply, id, header);
    }

    private static LeaseTimeToLiveResponse ReadTimeToLive(byte[] reply, long id, ResponseHeader header)
    {
        var reader = ReplyReader.Open(reply);
        var left = reader.ReadVarInt();
        var granted = reader.ReadVarInt();
        var keys = new ReadOnlyMemory<byte>[reader.ReadCount()];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = reader.ReadSlice();
        return new LeaseTimeToLiveResponse(header, id, left, granted, keys);
    }

    private async ValueTask<byte[]> AskLeaderAsync(byte method, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        var begin = machine.Clock.GetTimestamp();
        while (true)
        {
            if (group.Leader is { IsNone: false } leader && await TryAskAsync(leader, method, request, cancellationToken) is { } reply)
                return reply;
            if (machine.Clock.GetElapsedTime(begin) > timeout)
                throw CoordinationErrors.Of(group.Leader.IsNone ? CoordinationError.NoLeader : CoordinationError.Timeout);
            await Task.Delay(RetryPause, machine.Clock, cancellationToken);
        }
    }

    private async ValueTask<byte[]?> TryAskAsync(
        NodeId leader, byte method, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await group.CallAsync(leader, method, request, cancellationToken);
            return reply is [var status, ..] && status == 1 + (int)CoordinationError.NoLeader ? null : reply;
        }
        catch (ReplicationException e) when (e.Error != ReplicationError.Stopping)
        {
            return null;
        }
        catch (ReplicationException e)
        {
            throw GroupErrors.Translate(e);
        }
    }

    /// <summary>Answers on the leader, once it is sure to be the leader still.</summary>
    private async ValueTask<byte[]> AnswerAsync(
        ReadOnlyMemory<byte> request,
        Func<ReadOnlyMemory<byte>, ByteWriter, CancellationToken, ValueTask> answer,
        CancellationToken cancellationToken)
    {
        var reply = new ByteWriter(32);
        try
        {
            if (!lessor.IsPrimary)
                throw CoordinationErrors.Of(CoordinationError.NoLeader);
            await group.ReadBarrierAsync(cancellationToken);
            await answer(request, reply, cancellationToken);
        }
        catch (CoordinationException e)
        {
            ReplyWriter.Failed(reply, e.Error);
        }
        catch (ReplicationException)
        {
            ReplyWriter.Failed(reply, CoordinationError.NoLeader);
        }
        catch (MalformedInputException e)
        {
            ReplyWriter.Failed(reply, CoordinationError.Internal, e.Message);
        }

        return reply.ToArray();
    }

    private async ValueTask RenewAsync(ReadOnlyMemory<byte> request, ByteWriter reply, CancellationToken cancellationToken)
    {
        var id = new ByteReader(request.Span).ReadVarInt();
        ReplyWriter.Done(reply, await lessor.RenewAsync(id, cancellationToken));
    }

    private ValueTask TellAsync(ReadOnlyMemory<byte> request, ByteWriter reply, CancellationToken cancellationToken)
    {
        var reader = new ByteReader(request.Span);
        var id = reader.ReadVarInt();
        var withKeys = reader.ReadBool();
        ReplyWriter.Done(reply, lessor.Remaining(id));
        var isThere = store.State.Leases.TryFind(id, out var lease);
        reply.WriteVarInt(lease?.TtlSeconds ?? 0);
        var keys = isThere && withKeys ? lease!.KeysInOrder() : [];
        reply.WriteVarUInt((ulong)keys.Length);
        foreach (var key in keys)
            reply.WriteBytes(key.Key);
        return ValueTask.CompletedTask;
    }
}
