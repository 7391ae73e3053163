using System.IO.Pipelines;

namespace Quorate.Server.Grpc;

/// <summary>What one call takes of what all calls may, and how long its reader may take. One user at a time.</summary>
/// <param name="options">The bounds of all calls.</param>
internal sealed class CallShare(GrpcServiceOptions options)
{
    private long held;

    /// <summary>Holds so many bytes in all.</summary>
    /// <param name="bytes">How many; nothing happens where it holds as many already.</param>
    /// <exception cref="GrpcException">All calls together hold too much already.</exception>
    public void Hold(long bytes)
    {
        if (bytes <= held)
            return;
        if (!options.Gate.TryTake(bytes - held))
            throw options.TooMany();
        held = bytes;
    }

    /// <summary>Gives back all that it holds.</summary>
    public void Give()
    {
        if (held > 0)
            options.Gate.Give(held);
        held = 0;
    }

    /// <summary>Sends what was written, and waits until there is room for more.</summary>
    /// <param name="output">Where it was written.</param>
    /// <param name="giveUp">Ends the call, without words, where its reader takes nothing for too long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask FlushAsync(PipeWriter output, Action giveUp, CancellationToken cancellationToken)
    {
        var flushing = output.FlushAsync(cancellationToken);
        if (flushing.IsCompletedSuccessfully)
            return;
        try
        {
            await flushing.AsTask().WaitAsync(options.Gate.ReaderTimeout, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            giveUp();
            throw new OperationCanceledException("the client takes nothing of the answer");
        }
    }
}
