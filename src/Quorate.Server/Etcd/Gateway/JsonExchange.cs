using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Http.Features;
using Quorate.Server.Grpc;

namespace Quorate.Server.Etcd.Gateway;

/// <summary>One call of the gateway: its messages are JSON values in the bodies of a plain HTTP request and its response.</summary>
/// <param name="request">The request.</param>
/// <param name="isStream">Whether there may be many responses: then each is wrapped and has a line of its own.</param>
/// <param name="valueBytesMax">The longest request value that is accepted, in bytes.</param>
/// <param name="options">What all calls may take together.</param>
internal sealed class JsonExchange(HttpRequest request, bool isStream, int valueBytesMax, GrpcServiceOptions options) : IMessageExchange
{
    private readonly PipeReader input = request.Features.Get<IRequestBodyPipeFeature>()!.Reader;
    private readonly PipeWriter output = request.Features.Get<IHttpResponseBodyFeature>()!.Writer;
    private bool wrote;
    private readonly CallShare share = new(options);

    /// <inheritdoc/>
    public bool AsksForLeader => request.Header("Grpc-Metadata-hasleader") == "true";

    /// <inheritdoc/>
    public GrpcCaller Caller => GrpcCaller.WithoutCertificate(request.Features);

    /// <inheritdoc/>
    public async ValueTask<T?> ReadNextAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        // A stream may be silent for as long as it likes, but not in the midst of a value.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        for (bool hasBegun = !isStream, isTimed = false; ;)
        {
            if (hasBegun && !isTimed)
                limit.CancelAfter(options.Gate.ReaderTimeout);
            isTimed = hasBegun;
            var read = await ReadInTimeAsync(limit.Token, cancellationToken);
            var rest = read.Buffer;
            if (TryTake(read, ref rest, out var value))
            {
                input.AdvanceTo(rest.Start);
                share.Give();
                return JsonText.Parse(value, parser);
            }

            if (read.IsCompleted)
            {
                input.AdvanceTo(read.Buffer.End);
                return null;
            }

            hasBegun = hasBegun || HasBegun(rest);
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!wrote)
            request.Response.Headers.ContentType = "application/json";
        wrote = true;
        // Its text is about twice as long, and is there whole until it is taken.
        share.Hold(2L * message.CalculateSize());
        if (isStream)
            output.Write("{\"result\":"u8);
        JsonText.Write(message, output);
        if (isStream)
            output.Write("}\n"u8);
        await share.FlushAsync(output, request.Abort, cancellationToken);
        share.Give();
    }

    /// <summary>Gives back what the call holds of what all calls may.</summary>
    public void GiveHeld() => share.Give();

    /// <inheritdoc/>
    public bool TakesFrames => false;

    /// <inheritdoc/>
    public ValueTask WriteFramesAsync(ReadOnlyMemory<byte> frames, int count, CancellationToken cancellationToken) =>
        throw new NotSupportedException("the gateway's messages are JSON");

    /// <summary>Ends the call with an error: as the response where nothing was sent yet, else as a last line.</summary>
    /// <param name="error">The error.</param>
    public async ValueTask FailAsync(GrpcException error)
    {
        var status = HttpStatus.Of(error.Code);
        if (request.Response.HasStarted)
        {
            output.Write("{\"error\":"u8);
            WriteObject(json =>
            {
                json.WriteNumber("grpc_code", (int)error.Code);
                json.WriteNumber("http_code", status);
                json.WriteString("message", error.Message);
                json.WriteString("http_status", ((System.Net.HttpStatusCode)status).ToString());
            });
            output.Write("}\n"u8);
        }
        else
        {
            request.Response.StatusCode = status;
            request.Response.Headers.ContentType = "application/json";
            WriteObject(json =>
            {
                json.WriteString("error", error.Message);
                json.WriteString("message", error.Message);
                json.WriteNumber("code", (int)error.Code);
            });
        }

        await output.FlushAsync();
    }

    private bool TryTake(ReadResult read, ref ReadOnlySequence<byte> rest, out string value)
    {
        value = "";
        try
        {
            // The one value of a call is looked at when all of it is there.
            if ((isStream || read.IsCompleted) && JsonText.TryTake(ref rest, read.IsCompleted, out value))
                return true;
            if (rest.Length > valueBytesMax)
                throw new GrpcException(GrpcCode.ResourceExhausted, $"the request is larger than {valueBytesMax} bytes");
            share.Hold(rest.Length);
            return false;
        }
        catch
        {
            // What was read must be taken, or the web server could not use the connection for another request.
            input.AdvanceTo(read.Buffer.End);
            throw;
        }
    }

    // Spaces between values are none yet.
    private static bool HasBegun(ReadOnlySequence<byte> rest)
    {
        foreach (var part in rest)
        {
            if (part.Span.ContainsAnyExcept(" \t\r\n"u8))
                return true;
        }

        return false;
    }

    private async ValueTask<ReadResult> ReadInTimeAsync(CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            return await input.ReadAsync(limit);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw GrpcCall.TooSlow();
        }
    }

    private void WriteObject(Action<Utf8JsonWriter> fields)
    {
        var options = new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using var json = new Utf8JsonWriter(output, options);
        json.WriteStartObject();
        fields(json);
        json.WriteEndObject();
    }
}
