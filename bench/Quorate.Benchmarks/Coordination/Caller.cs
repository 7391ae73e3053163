using Google.Protobuf;
using Quorate.Client.Grpc;

namespace Quorate.Benchmarks.Coordination;

/// <summary>Calls one endpoint of either kind, the same way, without what a real client does on top.</summary>
internal sealed class Caller : IDisposable
{
    private const int AnswerBytesMax = 64 << 20;
    private readonly SocketsHttpHandler handler = new() { UseProxy = false, EnableMultipleHttp2Connections = true };
    private readonly Uri address;
    private readonly GrpcChannel channel;
    private readonly HttpMessageInvoker http;

    public Caller(string endpoint)
    {
        address = new Uri($"http://{endpoint}");
        channel = new GrpcChannel(address, handler, AnswerBytesMax);
        http = new HttpMessageInvoker(handler, disposeHandler: false);
    }

    /// <summary>A call with one answer.</summary>
    public Task<T> CallAsync<T>(string path, IMessage request, MessageParser<T> parser, CancellationToken cancellationToken = default)
        where T : class, IMessage<T> => channel.CallAsync(new CallHead(path, RequireLeader: false), request, parser, cancellationToken);

    /// <summary>A stream of requests that are written one after the other, and the bytes of the answers.</summary>
    public async Task<Stream> OpenAsync(string path, MessageContent requests)
    {
        var response = await http.SendAsync(new CallHead(path, RequireLeader: false).ToRequest(address, requests), CancellationToken.None);
        return await response.Content.ReadAsStreamAsync();
    }

    public void Dispose()
    {
        channel.Dispose();
        http.Dispose();
    }
}
