using Google.Protobuf;

namespace Quorate.Client.Grpc;

/// <summary>A call that is a stream both ways. Anybody writes; one reader at a time.</summary>
/// <typeparam name="T">The answers.</typeparam>
internal sealed class GrpcStream<T> : IDisposable
    where T : class, IMessage<T>
{
    private readonly MessageParser<T> parser;
    private readonly int bytesMax;
    private readonly CancellationTokenSource ending;
    private readonly CancellationToken ends;
    private readonly MessageContent content;
    private readonly Task<HttpResponseMessage> sending;
    private Stream? body;
    private int isDisposed;

    /// <summary>Begins the call.</summary>
    /// <param name="content">What is written, perhaps already; completed with the stream.</param>
    /// <param name="send">Sends the request and returns the head of the answer.</param>
    /// <param name="parser">Parses the answers.</param>
    /// <param name="bytesMax">The largest answer.</param>
    /// <param name="broken">Fires when the connection is given up.</param>
    public GrpcStream(
        MessageContent content,
        Func<HttpContent, CancellationToken, Task<HttpResponseMessage>> send,
        MessageParser<T> parser,
        int bytesMax,
        CancellationToken broken)
    {
        (this.content, this.parser, this.bytesMax) = (content, parser, bytesMax);
        ending = CancellationTokenSource.CreateLinkedTokenSource(broken);
        ends = ending.Token;
        sending = send(content, ends);
    }

    /// <summary>Writes a message.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Whether there was room for it.</returns>
    public bool TryWrite(IMessage message) => content.TryWrite(message);

    /// <summary>The next answer; null when the server ended the stream with the status OK.</summary>
    /// <exception cref="CallException">The stream broke, was ended, or was disposed.</exception>
    public async Task<T?> ReadAsync()
    {
        try
        {
            var response = await sending.ConfigureAwait(false);
            if (body is null)
            {
                CallFailures.RequireGrpc(response);
                body = await response.Content.ReadAsStreamAsync(ends).ConfigureAwait(false);
            }

            if (await MessageReader.ReadAsync(body, parser, bytesMax, ends).ConfigureAwait(false) is { } answer)
                return answer;
            return CallFailures.StatusOf(response) is { } failure ? throw failure : null;
        }
        catch (Exception e) when (e is not CallException)
        {
            throw CallFailures.Of(e);
        }
    }

    /// <summary>Ends it at once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0)
            return;
        content.Complete();
        ending.Cancel();
        _ = ReleaseAsync();
    }

    private async Task ReleaseAsync()
    {
        try
        {
            (await sending.ConfigureAwait(false)).Dispose();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // It had not begun.
        }
        finally
        {
            ending.Dispose();
        }
    }
}
