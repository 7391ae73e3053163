using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Strands;
using Quorate.Services.Replication.Timing;

namespace Quorate.Services.Replication.Peers;

/// <summary>
/// Serves the calls of other nodes, a bounded number at once, and each no longer than its caller waits. Deadlines are kept by one sweep.
/// </summary>
internal sealed class CallServer : IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(100);

    private readonly IPeerHandler handler;
    private readonly PeerOptions options;
    private readonly Func<NodeId, PeerLink?> linkTo;
    private readonly Action answered;
    private readonly MonotonicClock clock;
    private readonly StrandTimer sweep;
    private readonly SortedDictionary<(NodeId From, ulong Id), ServedCall> serving = [];
    private bool stopped;

    public CallServer(
        IPeerHandler handler, PeerOptions options, Func<NodeId, PeerLink?> linkTo, Action answered, MonotonicClock clock, Strand strand)
    {
        this.handler = handler;
        this.options = options;
        this.linkTo = linkTo;
        this.answered = answered;
        this.clock = clock;
        sweep = new StrandTimer(clock, strand, Sweep);
    }

    /// <summary>Takes a request; the reader is behind the kind and the group.</summary>
    public void RequestArrived(NodeId from, ulong group, ref ByteReader reader, ReadOnlyMemory<byte> body)
    {
        var id = reader.ReadVarUInt();
        var service = reader.ReadByte();
        var patience = TimeSpan.FromMilliseconds(Math.Min(reader.ReadVarUInt(), int.MaxValue));
        if (stopped || serving.ContainsKey((from, id)))
            return;
        if (serving.Count >= options.ServingMax)
            AnswerError(from, group, id, CallStatus.Overloaded, $"{serving.Count} calls are being served.");
        else
            _ = ServeAsync(from, group, id, service, clock.Now + patience, body[reader.Position..]);
    }

    /// <summary>Takes a cancellation; the reader is behind the kind and the group.</summary>
    public void CancelArrived(NodeId from, ref ByteReader reader)
    {
        if (serving.TryGetValue((from, reader.ReadVarUInt()), out var source))
            source.Cancel();
    }

    /// <summary>Gives up serving a peer whose connection ended.</summary>
    public void LinkBroke(NodeId from) => CancelWhere((peer, _) => peer == from);

    public void Dispose()
    {
        stopped = true;
        CancelWhere((_, _) => true);
        sweep.Dispose();
    }

    private void Sweep()
    {
        var now = clock.Now;
        CancelWhere((_, call) => call.Deadline <= now);
        if (serving.Count > 0)
            sweep.Set(SweepInterval);
    }

    private void CancelWhere(Func<NodeId, ServedCall, bool> which)
    {
        var ended = new List<ServedCall>();
        foreach (var (key, call) in serving)
        {
            if (which(key.From, call))
                ended.Add(call);
        }

        foreach (var call in ended)
            call.Cancel();
    }

    private async Task ServeAsync(NodeId from, ulong group, ulong id, byte service, TimeSpan deadline, ReadOnlyMemory<byte> request)
    {
        using var source = new ServedCall(deadline);
        serving.Add((from, id), source);
        if (!sweep.IsSet)
            sweep.Set(SweepInterval);
        try
        {
            var answer = await handler.ServeAsync(from, group, service, request, source.Token);
            if (answer.Length + CallCodec.OverheadBytes > options.FrameBytesMax)
                AnswerError(from, group, id, CallStatus.Failed, $"The answer of {answer.Length} bytes is too large for a frame.");
            else if (linkTo(from) is { } link && link.HasRoom(answer.Length + CallCodec.OverheadBytes))
                CallCodec.WriteAnswer(link.Outgoing, group, id, answer.Span);
        }
        catch (Exception e)
        {
            // Whatever a handler throws is the caller's answer; nothing of this node depends on it.
            AnswerError(from, group, id, CallStatus.Failed, e.Message);
        }
        finally
        {
            serving.Remove((from, id));
            answered();
        }
    }

    private void AnswerError(NodeId from, ulong group, ulong id, CallStatus status, string why)
    {
        if (linkTo(from) is { } link && link.HasRoom(2048))
            CallCodec.WriteError(link.Outgoing, group, id, status, why);
        answered();
    }

    private sealed class ServedCall(TimeSpan deadline) : CancellationTokenSource
    {
        public TimeSpan Deadline { get; } = deadline;
    }
}
