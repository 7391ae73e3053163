using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;

namespace Quorate.Tests.Server.Grpc;

/// <summary>Sends any bytes as a gRPC call, right or wrong, and gives back everything that came.</summary>
public sealed class RawGrpcClient(Uri server, HttpMessageHandler? handler = null) : IDisposable
{
    private readonly HttpClient http = new(handler ?? new SocketsHttpHandler())
    {
        BaseAddress = server,
        Timeout = TimeSpan.FromSeconds(20),
    };

    public static byte[] Frame(byte[] message, byte flag = 0)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public Task<RawAnswer> CallAsync(string path, byte[] message, params (string Name, string Value)[] headers) =>
        PostAsync(path, Frame(message), headers);

    public async Task<RawAnswer> PostAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = Request(path, new ByteArrayContent(body), headers);
        using var response = await http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return new RawAnswer(response.StatusCode, Header(response, "grpc-status"), Header(response, "grpc-message"), bytes);
    }

    /// <summary>Opens a call whose requests are written as the test goes on.</summary>
    public async Task<RawStream> OpenAsync(string path, params (string Name, string Value)[] headers)
    {
        var pipe = new Pipe();
        var content = new PipeContent(pipe.Reader);
        var request = Request(path, content, headers);
        await pipe.Writer.FlushAsync();
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new RawStream(pipe.Writer, response, await response.Content.ReadAsStreamAsync());
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => await http.SendAsync(request);

    /// <summary>Gives up every call that is under way.</summary>
    public void CancelPending() => http.CancelPendingRequests();

    public void Dispose() => http.Dispose();

    internal static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailer) ? trailer.First()
        : response.Headers.TryGetValues(name, out var header) ? header.First() : null;

    private static HttpRequestMessage Request(string path, HttpContent content, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.ParseAdd("trailers");
        foreach (var (name, value) in headers)
        {
            if (name == "content-type")
                content.Headers.ContentType = new MediaTypeHeaderValue(value);
            else
                request.Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }

    private sealed class PipeContent(PipeReader reader) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            try
            {
                await stream.FlushAsync();
                while (true)
                {
                    var read = await reader.ReadAsync();
                    foreach (var part in read.Buffer)
                        await stream.WriteAsync(part);
                    await stream.FlushAsync();
                    reader.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted)
                        return;
                }
            }
            finally
            {
                // Where the server has ended the call, who writes on must not wait for room.
                await reader.CompleteAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

public sealed record RawAnswer(HttpStatusCode Http, string? Status, string? Message, byte[] Body)
{
    /// <summary>The one message of the body.</summary>
    public byte[] Single => Body[5..];
}

public sealed class RawStream(PipeWriter requests, HttpResponseMessage response, Stream body) : IDisposable
{
    public Task SendAsync(byte[] message) => requests.WriteAsync(RawGrpcClient.Frame(message)).AsTask();

    public Task SendRawAsync(byte[] bytes) => requests.WriteAsync(bytes).AsTask();

    public Task CompleteAsync() => requests.CompleteAsync().AsTask();

    /// <summary>The next message, or null at the end of the call.</summary>
    public async Task<byte[]?> ReadAsync()
    {
        var prefix = new byte[5];
        var read = await body.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false);
        if (read == 0)
            return null;
        Assert.Equal(prefix.Length, read);
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
        await body.ReadExactlyAsync(message);
        return message;
    }

    public string? Status => RawGrpcClient.Header(response, "grpc-status");

    public string? Message => RawGrpcClient.Header(response, "grpc-message");

    public void Dispose()
    {
        response.Dispose();
        body.Dispose();
    }
}
