using System.Buffers;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;

namespace Quorate.Services.Replication.Peers;

/// <summary>One question to a node by somebody who has no link to it: a connection, a frame, a frame in answer.</summary>
internal static class PeerQuestion
{
    private const int AnswerBytesMax = 2 << 20;

    /// <summary>Asks.</summary>
    /// <param name="machine">The machine that asks.</param>
    /// <param name="address">Where a node listens for its peers.</param>
    /// <param name="frame">The question.</param>
    /// <param name="patience">How long an answer may take.</param>
    /// <param name="read">Reads the answer's body.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">There was no answer in time, or not one that can be read.</exception>
    public static async ValueTask<T> AskAsync<T>(
        IMachine machine, NetworkAddress address, ByteWriter frame, TimeSpan patience, Func<ReadOnlyMemory<byte>, T> read,
        CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, machine.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using var connection = await machine.Network.ConnectAsync(address, either.Token);
            connection.Output.Write(frame.WrittenSpan);
            await connection.Output.FlushAsync(either.Token);
            var body = await new FrameReader(connection.Input, AnswerBytesMax).ReadOneAsync(either.Token)
                ?? throw new IOException($"the node at {address} closed the connection before it answered");
            return read(body);
        }
        catch (MalformedInputException e)
        {
            throw new IOException($"the answer from {address} cannot be read: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            throw new IOException($"no node answered at {address} within {patience.TotalSeconds:0} s", e);
        }
    }
}
