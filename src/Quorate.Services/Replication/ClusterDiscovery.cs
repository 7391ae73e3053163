using System.Buffers;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Peers;

namespace Quorate.Services.Replication;

/// <summary>Asks a node what cluster it belongs to.</summary>
public static class ClusterDiscovery
{
    private const int AnswerBytesMax = 2 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks the node at an address, over the connection that nodes have with each other.</summary>
    /// <remarks>
    /// Guarantee: what one member knew when it answered, which may be old. Cost: one connection and one round. Fails when: nobody answers
    /// there within 5 s, or it is not a node (<see cref="IOException"/>). Source: docs/formats.md, "Frames".
    /// </remarks>
    /// <param name="machine">The machine that asks.</param>
    /// <param name="address">Where a member listens for its peers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">There was no answer, or not one that can be read.</exception>
    public static async ValueTask<ClusterDirectory> AskAsync(
        IMachine machine, NetworkAddress address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(machine);
        using var limit = new CancellationTokenSource(Patience, machine.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using var connection = await machine.Network.ConnectAsync(address, either.Token);
            var ask = new ByteWriter();
            DirectoryCodec.WriteAsk(ask);
            connection.Output.Write(ask.WrittenSpan);
            await connection.Output.FlushAsync(either.Token);
            var body = await new FrameReader(connection.Input, AnswerBytesMax).ReadOneAsync(either.Token)
                ?? throw new IOException($"the node at {address} closed the connection before it answered");
            return DirectoryCodec.ReadDirectory(body.Span);
        }
        catch (MalformedInputException e)
        {
            throw new IOException($"the answer from {address} cannot be read: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            throw new IOException($"no node answered at {address} within {Patience.TotalSeconds:0} s", e);
        }
    }
}
