using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;

namespace Quorate.Services.Replication.Peers;

/// <summary>Serves the calls of other nodes, a bounded number at once.</summary>
internal sealed class CallServer(IPeerHandler handler, PeerOptions options, Func<NodeId, PeerLink?> linkTo, Action answered)
{
    private readonly SortedDictionary<(NodeId From, ulong Id), CancellationTokenSource> serving = [];
    private bool stopped;

    /// <summary>Takes a request; the reader is behind the kind and the group.</summary>
    public void RequestArrived(NodeId from, ulong group, ref ByteReader reader, ReadOnlyMemory<byte> body)
    {
        var id = reader.ReadVarUInt();
        var service = reader.ReadByte();
        reader.ReadVarUInt(); // The caller's patience in milliseconds: it cancels by itself, and a broken link cancels too.
        if (stopped || serving.ContainsKey((from, id)))
            return;
        if (serving.Count >= options.ServingMax)
            AnswerError(from, group, id, CallStatus.Overloaded, $"{serving.Count} calls are being served.");
        else
            _ = ServeAsync(from, group, id, service, body[reader.Position..]);
    }

    /// <summary>Takes a cancellation; the reader is behind the kind and the group.</summary>
    public void CancelArrived(NodeId from, ref ByteReader reader)
    {
        if (serving.TryGetValue((from, reader.ReadVarUInt()), out var source))
            source.Cancel();
    }

    /// <summary>Gives up serving a peer whose connection ended.</summary>
    public void LinkBroke(NodeId from) => CancelWhere(key => key.From == from);

    public void Stop()
    {
        stopped = true;
        CancelWhere(_ => true);
    }

    private void CancelWhere(Func<(NodeId From, ulong Id), bool> which)
    {
        var ended = new List<CancellationTokenSource>();
        foreach (var (key, source) in serving)
        {
            if (which(key))
                ended.Add(source);
        }

        foreach (var source in ended)
            source.Cancel();
    }

    private async Task ServeAsync(NodeId from, ulong group, ulong id, byte service, ReadOnlyMemory<byte> request)
    {
        using var source = new CancellationTokenSource();
        serving.Add((from, id), source);
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
}
