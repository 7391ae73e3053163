using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Quorate.Server.Listening;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Quorate.Server.Grpc;

/// <summary>
/// One call: an HTTP/2 stream with a request body of framed messages and a response of the same. The object is reused from
/// call to call.
/// </summary>
internal sealed class GrpcCall(GrpcServiceOptions options, CancellationToken stopping) : IMessageExchange
{
    private const string ContentType = "application/grpc";
    private const int EnhanceYourCalm = 0xB;
    private static readonly TimeSpan DeadlineMax = TimeSpan.FromDays(20);

    private IFeatureCollection features = null!;
    private IHttpRequestFeature request = null!;
    private IHttpResponseFeature response = null!;
    private CancellationTokenSource? deadline;

    // Until when the message that is coming must be there; null while none is.
    private CancellationTokenSource? limit;
    private PipeReader? input;
    private bool wrote;
    private bool entered;
    private readonly CallShare share = new(options);
    private Action? reset;

    // The web server keeps the streams of a connection, and with them this object: it stays the same.
    private string? from;

    /// <summary>Counts the calls of the method; null until that is known.</summary>
    public MethodTally? Tally { get; set; }

    /// <summary>The stream's features.</summary>
    public IFeatureCollection Features => features;

    /// <summary>Whether the stream says that it is a gRPC call.</summary>
    public bool IsGrpc => request.Protocol == "HTTP/2" && IsGrpcType(request.Headers.ContentType.ToString());

    /// <summary>The path of the method.</summary>
    public string Path => request.Path;

    /// <summary>Canceled when the caller's time ran out.</summary>
    public CancellationToken Deadline => deadline?.Token ?? CancellationToken.None;

    /// <summary>Whether the caller's time ran out.</summary>
    public bool IsPastDeadline => deadline is { IsCancellationRequested: true };

    /// <summary>Canceled when the server stops.</summary>
    public CancellationToken Stopping => stopping;

    /// <inheritdoc/>
    public GrpcCaller Caller => GrpcCaller.Of(features, from ??= GrpcCaller.FromOf(features));

    /// <summary>Whether the client has reset the stream or is gone.</summary>
    public bool IsAborted => features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted.IsCancellationRequested;

    /// <summary>Where responses are written to.</summary>
    public PipeWriter Output
    {
        get
        {
            wrote = true;
            return features.Get<IHttpResponseBodyFeature>()!.Writer;
        }
    }

    /// <summary>Takes the object into use for a new stream.</summary>
    /// <param name="stream">The stream's features.</param>
    public void Begin(IFeatureCollection stream)
    {
        features = stream;
        request = stream.Get<IHttpRequestFeature>()!;
        response = stream.Get<IHttpResponseFeature>()!;
        input = null;
        wrote = false;
        Tally = null;
    }

    /// <summary>Lets the call in, where there is room.</summary>
    public bool TryEnter() => entered = options.Gate.TryEnter();

    /// <summary>Frees what the call held.</summary>
    public void End()
    {
        Arrived();
        if (entered)
            options.Gate.Leave();
        entered = false;
        deadline?.Dispose();
        deadline = null;
        input = null;
    }

    /// <summary>Checks that the stream is a gRPC call and reads its deadline.</summary>
    /// <returns>False when it was answered as plain HTTP.</returns>
    public bool Accept()
    {
        if (request.Protocol != "HTTP/2")
            return Refuse(StatusCodes.Status426UpgradeRequired, "This endpoint speaks gRPC, which needs HTTP/2.\n");
        if (request.Method != "POST")
            return Refuse(StatusCodes.Status405MethodNotAllowed, "gRPC requests use the method POST.\n");
        if (!IsGrpcType(request.Headers.ContentType.ToString()))
            return Refuse(StatusCodes.Status415UnsupportedMediaType, "gRPC requests have the content type application/grpc.\n");
        response.Headers.ContentType = ContentType;
        if (request.Headers.GrpcTimeout.Count > 0)
            StartDeadline(request.Headers.GrpcTimeout.ToString());
        return true;
    }

    /// <summary>Answers a call that was not let in.</summary>
    public void RefuseAsTooMany()
    {
        if (!IsGrpc)
        {
            Refuse(StatusCodes.Status429TooManyRequests, options.TooMany().Message + "\n");
            return;
        }

        response.Headers.ContentType = ContentType;
        Fail(options.TooMany());
    }

    /// <summary>Reads the one request of a unary call.</summary>
    /// <param name="decode">Parses the message; it must copy what it keeps.</param>
    /// <param name="check">Refuses by the message's size, or null.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T> ReadSingleAsync<T>(Func<ReadOnlySequence<byte>, T> decode, Action<long>? check)
        where T : class, IMessage<T>
    {
        var reader = Input;
        while (true)
        {
            var read = await ReadInTimeAsync(reader, Deadline);
            var rest = read.Buffer;
            if (TryReadFrame(ref rest, out var message))
            {
                Tally?.Received();
                check?.Invoke(message.Length);
                var decoded = Decode(decode, message, "grpc: error unmarshalling request: ");
                reader.AdvanceTo(rest.End);
                Arrived();
                return decoded;
            }
            ThrowIfOver(read);
            share.Hold(read.Buffer.Length);
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<T?> ReadNextAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        var reader = Input;
        var hasBegun = false;
        while (true)
        {
            var read = hasBegun ? await ReadInTimeAsync(reader, cancellationToken) : await reader.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            if (TryReadFrame(ref rest, out var message))
            {
                Tally?.Received();
                var decoded = Decode(parser.ParseFrom, message, "grpc: failed to unmarshal the received message ");
                reader.AdvanceTo(rest.Start);
                Arrived();
                return decoded;
            }
            if (read.IsCompleted && rest.IsEmpty)
                return null;
            ThrowIfOver(read);
            share.Hold(rest.Length);
            hasBegun = !rest.IsEmpty;
            reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        GrpcFrame.Write(message, Output);
        Tally?.Sent();
        await FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public bool TakesFrames => true;

    /// <inheritdoc/>
    public async ValueTask WriteFramesAsync(ReadOnlyMemory<byte> frames, int count, CancellationToken cancellationToken)
    {
        Output.Write(frames.Span);
        Tally?.Sent(count);
        await FlushAsync(cancellationToken);
    }

    /// <summary>Writes the response of a unary call. One that is small waits for nobody.</summary>
    /// <param name="message">What to write.</param>
    /// <exception cref="GrpcException">All calls together hold too much already.</exception>
    public ValueTask AnswerAsync(IMessage message)
    {
        var bytes = message.CalculateSize();
        if (bytes > EndpointLimits.AnswerBytesHeld)
            return AnswerAtLengthAsync(message, bytes);
        GrpcFrame.Write(message, Output);
        Tally?.Sent();
        return ValueTask.CompletedTask;
    }

    private async ValueTask AnswerAtLengthAsync(IMessage message, long bytes)
    {
        share.Hold(bytes);
        GrpcFrame.Write(message, Output);
        Tally?.Sent();
        await FlushAsync(CancellationToken.None);
        share.Give();
    }

    private ValueTask FlushAsync(CancellationToken cancellationToken) => share.FlushAsync(Output, reset ??= Reset, cancellationToken);

    /// <summary>Prepares a call that may stay silent for long.</summary>
    /// <returns>Canceled when the client is gone, its time is up, or the server stops. To be disposed at the end of the call.</returns>
    public CancellationTokenSource BeginStream()
    {
        var aborted = features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;
        return CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping, Deadline);
    }

    /// <summary>Ends the call when it asks for a leader (metadata <c>hasleader: true</c>) and there is none.</summary>
    public ValueTask RequireLeaderAsync() => AsksForLeader ? CheckLeaderAsync() : ValueTask.CompletedTask;

    /// <summary>Whether the call carries the metadata <c>hasleader: true</c>.</summary>
    public bool AsksForLeader => request.Headers["hasleader"] == "true";

    /// <summary>The error of a request that does not come.</summary>
    public static GrpcException TooSlow() => new(GrpcCode.DeadlineExceeded, "the request comes too slowly");

    /// <summary>Ends the call well.</summary>
    public void Succeed() => features.Get<IHttpResponseTrailersFeature>()!.Trailers.GrpcStatus = "0";

    /// <summary>Ends the call with an error: in the headers when nothing was sent ("Trailers-Only"), else in the trailers.</summary>
    /// <param name="error">The error.</param>
    public void Fail(GrpcException error)
    {
        var headers = wrote || response.HasStarted ? features.Get<IHttpResponseTrailersFeature>()!.Trailers : response.Headers;
        headers.GrpcStatus = ((int)error.Code).ToString(System.Globalization.CultureInfo.InvariantCulture);
        headers.GrpcMessage = GrpcText.EncodeMessage(error.Message);
        if (error.Code == GrpcCode.Unimplemented)
            response.Headers.GrpcAcceptEncoding = "identity";
    }

    // ENHANCE_YOUR_CALM (RFC 9113, section 7), which clients of gRPC tell as RESOURCE_EXHAUSTED. Words would wait like the rest of the answer.
    private void Reset() => features.Get<IHttpResetFeature>()?.Reset(EnhanceYourCalm);

    // A message that has begun to come must come: the bytes that are there are held meanwhile.
    private ValueTask<ReadResult> ReadInTimeAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        var reading = reader.ReadAsync(cancellationToken);
        return reading.IsCompleted ? reading : WaitAsync(reading.AsTask(), reader, cancellationToken);
    }

    private async ValueTask<ReadResult> WaitAsync(Task<ReadResult> reading, PipeReader reader, CancellationToken cancellationToken)
    {
        // The time of a message is that of its parts together.
        limit ??= new CancellationTokenSource(options.Gate.ReaderTimeout);
        using var waking = limit.Token.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader);
        var read = await reading;
        if (!read.IsCanceled)
            return read;
        cancellationToken.ThrowIfCancellationRequested();
        reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        throw TooSlow();
    }

    private void Arrived()
    {
        share.Give();
        limit?.Dispose();
        limit = null;
    }

    private PipeReader Input => input ??= features.Get<IRequestBodyPipeFeature>()!.Reader;

    private async ValueTask CheckLeaderAsync()
    {
        if (!await options.HasLeader(Deadline))
            throw options.NoLeader();
    }

    private bool TryReadFrame(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> message) =>
        GrpcFrame.TryRead(ref rest, options.MessageBytesMax, request.Headers.GrpcEncoding, out message);

    private static T Decode<T>(Func<ReadOnlySequence<byte>, T> decode, ReadOnlySequence<byte> message, string errorBegin)
        where T : class, IMessage<T>
    {
        try
        {
            MessageShape<T>.Value.Check(message);
            return decode(message);
        }
        catch (Exception e) when (e is MalformedMessageException or InvalidProtocolBufferException)
        {
            throw new GrpcException(GrpcCode.Internal, errorBegin + e.Message);
        }
    }

    private static void ThrowIfOver(ReadResult read)
    {
        if (read.IsCompleted)
            throw new GrpcException(GrpcCode.Internal, "unexpected EOF");
    }

    private void StartDeadline(string header)
    {
        if (!GrpcText.TryParseTimeout(header, out var timeout))
            throw new GrpcException(GrpcCode.Internal, $"malformed grpc-timeout: \"{header}\"");
        if (timeout > DeadlineMax)
            return;
        deadline = new CancellationTokenSource();
        if (timeout <= TimeSpan.Zero)
            deadline.Cancel();
        else
            deadline.CancelAfter(timeout);
    }

    private bool Refuse(int status, string text)
    {
        response.StatusCode = status;
        response.Headers.ContentType = "text/plain; charset=utf-8";
        var body = System.Text.Encoding.UTF8.GetBytes(text);
        response.Headers.ContentLength = body.Length;
        Output.Write(body);
        return false;
    }

    private static bool IsGrpcType(string contentType) =>
        contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');
}
