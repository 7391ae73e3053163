using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Quorate.Interop.Clients;

/// <summary>A client of our own that shares no code with the server: it writes etcd's messages byte by byte, right or wrong.</summary>
internal sealed class GrpcClient(string server, TimeSpan timeout, SocketConnect? connect = null) : IDisposable
{
    // A stream that says nothing for so long is taken to have nothing to say.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, ConnectCallback = Callback(connect) })
    {
        BaseAddress = new Uri(server),
        Timeout = timeout,
    };

    /// <summary>Whether an exception is how a call fails.</summary>
    public static bool IsFailure(Exception e) => e is HttpRequestException or TaskCanceledException or TimeoutException or GrpcFailure or IOException;

    /// <summary>The message that puts a key.</summary>
    public static byte[] Put(string key, string value) => [.. Protobuf.Bytes(1, key), .. Protobuf.Bytes(2, value)];

    /// <summary>Puts a key; what it throws, <see cref="IsFailure"/> knows.</summary>
    public Task PutAsync(string key, string value) => CallAsync("/etcdserverpb.KV/Put", Put(key, value));

    /// <summary>Gets a key linearizably; null where there is none.</summary>
    public async Task<string?> GetAsync(string key) =>
        ValueOf(await CallAsync("/etcdserverpb.KV/Range", Protobuf.Bytes(1, key)));

    public async Task<byte[]> CallAsync(string path, byte[] message)
    {
        var (status, text, body) = await PostAsync(path, Frame(message));
        return status == "0" ? body[5..] : throw new GrpcFailure(status, text);
    }

    /// <summary>Makes a call and gives its status, text and body.</summary>
    /// <param name="path">The method.</param>
    /// <param name="body">The framed messages.</param>
    /// <param name="oneAnswer">Whether to be content with one message, as the call does not end by itself.</param>
    public async Task<(string? Status, string? Message, byte[] Body)> PostAsync(string path, byte[] body, bool oneAnswer = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        using var response = await http.SendAsync(request, oneAnswer ? HttpCompletionOption.ResponseHeadersRead : default);
        var bytes = oneAnswer
            ? await FirstAsync(await response.Content.ReadAsStreamAsync()).WaitAsync(Silence)
            : await response.Content.ReadAsByteArrayAsync();
        return (Header(response, "grpc-status"), Header(response, "grpc-message"), bytes);
    }

    public void Dispose() => http.Dispose();

    public static byte[] Frame(byte[] message)
    {
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private static async Task<byte[]> FirstAsync(Stream stream)
    {
        var prefix = new byte[5];
        if (await stream.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
            return [];
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
        await stream.ReadExactlyAsync(message);
        return [.. prefix, .. message];
    }

    private static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? Callback(SocketConnect? connect) =>
        connect is null ? null : async (context, cancellationToken) =>
            new NetworkStream(await connect(context.DnsEndPoint, cancellationToken), ownsSocket: true);

    // RangeResponse.kvs is field 2, KeyValue.value field 5.
    private static string? ValueOf(byte[] range) =>
        Protobuf.Field(range, 2) is { } kv ? Encoding.UTF8.GetString(Protobuf.Field(kv, 5) ?? []) : null;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailer) ? trailer.First()
        : response.Headers.TryGetValues(name, out var header) ? header.First() : null;
}

/// <summary>Connects a socket, wherever that is done from.</summary>
internal delegate ValueTask<Socket> SocketConnect(DnsEndPoint remote, CancellationToken cancellationToken);

/// <summary>A call ended with a status other than OK.</summary>
internal sealed class GrpcFailure(string? status, string? message) : Exception($"{status}: {message}")
{
    public string? Status { get; } = status;
}
