using Google.Protobuf;

namespace Quorate.Client.Grpc;

/// <summary>One endpoint over HTTP/2: calls with one answer, and streams, on as many connections as they need.</summary>
internal sealed class GrpcChannel : IDisposable
{
    private readonly Uri address;
    private readonly int bytesMax;
    private readonly HttpMessageInvoker http;
    private readonly CancellationTokenSource broken = new();

    /// <summary>Prepares it; nobody is called yet.</summary>
    /// <param name="address">The endpoint.</param>
    /// <param name="handler">Its connections; disposed with it.</param>
    /// <param name="bytesMax">The largest answer, in bytes.</param>
    public GrpcChannel(Uri address, HttpMessageHandler handler, int bytesMax) =>
        (this.address, this.bytesMax, http) = (address, bytesMax, new HttpMessageInvoker(handler));

    /// <summary>Makes a call with one answer.</summary>
    /// <param name="head">What is called.</param>
    /// <param name="request">The request.</param>
    /// <param name="parser">Parses the answer.</param>
    /// <param name="cancellationToken">Gives up; what becomes of the call is not known then.</param>
    /// <exception cref="CallException">It failed.</exception>
    public async Task<T> CallAsync<T>(CallHead head, IMessage request, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, broken.Token);
        try
        {
            using var message = head.ToRequest(address, new ByteArrayContent(GrpcFrame.ToArray(request)));
            using var response = await http.SendAsync(message, ends.Token).ConfigureAwait(false);
            CallFailures.RequireGrpc(response);
            await using var body = await response.Content.ReadAsStreamAsync(ends.Token).ConfigureAwait(false);
            var answer = await MessageReader.ReadAsync(body, parser, bytesMax, ends.Token).ConfigureAwait(false);
            if (answer is not null && await MessageReader.ReadAsync(body, parser, bytesMax, ends.Token).ConfigureAwait(false) is not null)
                throw new CallException(CallFate.Unknown, GrpcCode.Internal, "there is more than one answer");
            if (CallFailures.StatusOf(response) is { } failure)
                throw failure;
            return answer ?? throw new CallException(CallFate.Unknown, GrpcCode.Internal, "there is no answer");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw broken.IsCancellationRequested ? GivenUp(e) : CallFailures.Of(e);
        }
    }

    /// <summary>Opens a stream both ways; its failures are told where it is read.</summary>
    /// <param name="head">What is called.</param>
    /// <param name="parser">Parses the answers.</param>
    /// <param name="content">What is written, perhaps already; null where nothing is yet.</param>
    public GrpcStream<T> Open<T>(CallHead head, MessageParser<T> parser, MessageContent? content = null)
        where T : class, IMessage<T> => new(
            content ?? new MessageContent(),
            (body, cancellationToken) => http.SendAsync(head.ToRequest(address, body), cancellationToken),
            parser,
            bytesMax,
            broken.Token);

    /// <summary>Breaks all that is under way.</summary>
    public void Dispose()
    {
        broken.Cancel();
        http.Dispose();
    }

    private static CallException GivenUp(Exception e) => new(CallFate.Unknown, GrpcCode.Unavailable, "the connection was given up", e);
}
