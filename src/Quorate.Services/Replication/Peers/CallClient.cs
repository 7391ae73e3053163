using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Strands;
using Quorate.Services.Replication.Timing;

namespace Quorate.Services.Replication.Peers;

/// <summary>The calls of this node that wait for an answer. Deadlines are kept by one sweep over all of them.</summary>
internal sealed class CallClient : IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(100);

    private readonly MonotonicClock clock;
    private readonly Strand strand;
    private readonly Func<NodeId, PeerLink?> linkTo;
    private readonly StrandTimer sweep;
    private readonly SortedDictionary<ulong, PendingCall> pending = [];
    private readonly List<PendingCall> ended = [];
    private ulong lastId;

    /// <param name="clock">The host's clock.</param>
    /// <param name="strand">Where everything runs.</param>
    /// <param name="linkTo">The way to a peer.</param>
    /// <param name="firstId">
    /// Where the ids of calls begin: anywhere, so that an answer to a call of this node's last life is not taken for one of this life.
    /// </param>
    public CallClient(MonotonicClock clock, Strand strand, Func<NodeId, PeerLink?> linkTo, uint firstId)
    {
        lastId = firstId;
        this.clock = clock;
        this.strand = strand;
        this.linkTo = linkTo;
        sweep = new StrandTimer(clock, strand, Sweep);
    }

    /// <summary>Sends a call; the frame leaves with the turn's flush.</summary>
    /// <exception cref="PeerCallException">From the task: how it failed.</exception>
    public Task<ReadOnlyMemory<byte>> CallAsync(
        NodeId to, ulong group, byte service, ReadOnlySpan<byte> request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var call = new PendingCall(++lastId, to, clock.Now + timeout);
        var link = linkTo(to);
        if (link is null || !link.HasRoom(request.Length + CallCodec.OverheadBytes))
        {
            call.SetException(new PeerCallException(PeerCallError.NotSent, $"Node {to} cannot be reached now."));
            return call.Task;
        }

        CallCodec.WriteRequest(link.Outgoing, group, call.Id, service, timeout, request);
        pending.Add(call.Id, call);
        if (!sweep.IsSet)
            sweep.Set(SweepInterval);
        if (cancellationToken.CanBeCanceled)
        {
            call.Registration = cancellationToken.UnsafeRegister(
                (_, token) => strand.Post(() => Cancel(call, group, token)), null);
        }

        return call.Task;
    }

    /// <summary>Takes an answer; the reader is behind the kind and the group.</summary>
    public void AnswerArrived(NodeId from, ref ByteReader reader, ReadOnlyMemory<byte> body)
    {
        var id = reader.ReadVarUInt();
        var status = CallCodec.ReadStatus(ref reader);
        if (!pending.TryGetValue(id, out var call) || call.To != from)
            return;
        var rest = body[reader.Position..];
        Forget(call);
        if (status == CallStatus.Answered)
            call.TrySetResult(rest);
        else
        {
            var error = status == CallStatus.Overloaded ? PeerCallError.Overloaded : PeerCallError.Failed;
            call.TrySetException(new PeerCallException(error, System.Text.Encoding.UTF8.GetString(rest.Span)));
        }
    }

    /// <summary>Fails every call to a peer: requests or answers may be lost.</summary>
    public void LinkBroke(NodeId peer) =>
        FailWhere(call => call.To == peer, PeerCallError.Lost, "the connection broke");

    public void Dispose()
    {
        FailWhere(_ => true, PeerCallError.Lost, "this node stops");
        sweep.Dispose();
    }

    private void Cancel(PendingCall call, ulong group, CancellationToken token)
    {
        if (!pending.ContainsKey(call.Id))
            return;
        Forget(call);
        if (linkTo(call.To) is { } link && link.HasRoom(CallCodec.OverheadBytes))
        {
            CallCodec.WriteCancel(link.Outgoing, group, call.Id);
            link.Flush();
        }

        call.TrySetCanceled(token);
    }

    private void Sweep()
    {
        var now = clock.Now;
        FailWhere(call => call.Deadline <= now, PeerCallError.TimedOut, "no answer came in time");
        if (pending.Count > 0)
            sweep.Set(SweepInterval);
    }

    private void FailWhere(Func<PendingCall, bool> which, PeerCallError error, string why)
    {
        foreach (var (_, call) in pending)
        {
            if (which(call))
                ended.Add(call);
        }

        foreach (var call in ended.ToArray())
        {
            Forget(call);
            call.TrySetException(new PeerCallException(error, $"Call to node {call.To}: {why}."));
        }

        ended.Clear();
    }

    private void Forget(PendingCall call)
    {
        pending.Remove(call.Id);
        call.Registration.Dispose();
    }
}
