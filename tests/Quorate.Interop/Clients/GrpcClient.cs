using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Quorate.Interop.Clients;

/// <summary>A client of our own that shares no code with the server: it writes etcd's messages byte by byte, right or wrong.</summary>
internal sealed class GrpcClient(string server, TimeSpan timeout) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new Uri(server), Timeout = timeout };

    /// <summary>Puts a key. Throws <see cref="HttpRequestException"/>, <see cref="TaskCanceledException"/> or <see cref="GrpcFailure"/>.</summary>
    public Task PutAsync(string key, string value) => CallAsync("/etcdserverpb.KV/Put", [.. Protobuf.Bytes(1, key), .. Protobuf.Bytes(2, value)]);

    /// <summary>Gets a key linearizably; null where there is none.</summary>
    public async Task<string?> GetAsync(string key) =>
        ValueOf(await CallAsync("/etcdserverpb.KV/Range", Protobuf.Bytes(1, key)));

    public async Task<byte[]> CallAsync(string path, byte[] message)
    {
        var (status, text, body) = await PostAsync(path, Frame(message));
        return status == "0" ? body[5..] : throw new GrpcFailure(status, text);
    }

    public async Task<(string? Status, string? Message, byte[] Body)> PostAsync(string path, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        using var response = await http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
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

    // RangeResponse.kvs is field 2, KeyValue.value field 5.
    private static string? ValueOf(byte[] range) =>
        Protobuf.Field(range, 2) is { } kv ? Encoding.UTF8.GetString(Protobuf.Field(kv, 5) ?? []) : null;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailer) ? trailer.First()
        : response.Headers.TryGetValues(name, out var header) ? header.First() : null;
}

/// <summary>A call ended with a status other than OK.</summary>
internal sealed class GrpcFailure(string? status, string? message) : Exception($"{status}: {message}")
{
    public string? Status { get; } = status;
}
