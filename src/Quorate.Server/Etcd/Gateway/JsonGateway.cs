using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Quorate.Server.Etcd.Methods;
using Quorate.Server.Grpc;

namespace Quorate.Server.Etcd.Gateway;

/// <summary>Answers plain HTTP beside gRPC: the same methods with JSON messages, and pages for those who watch over the node.</summary>
/// <param name="table">The methods.</param>
/// <param name="pages">The pages by path; each answers a GET.</param>
/// <param name="options">How errors are told.</param>
/// <remarks>Source: etcd 3.4, embed/serve.go and etcdhttp; grpc-gateway 1.9.</remarks>
internal sealed class JsonGateway(
    MethodTable table, IReadOnlyDictionary<string, Func<HttpRequest, CancellationToken, ValueTask>> pages, GrpcServiceOptions options)
{
    // etcd 3.4 serves the paths of its own older gateway too.
    private static readonly string[] Versions = ["/v3", "/v3beta"];

    private readonly FrozenDictionary<string, GrpcMethod> methods = Versions
        .SelectMany(version => table.ByRoute.Select(route => KeyValuePair.Create(version + route.Key, route.Value)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    // Base64 makes a message a third longer, and its numbers and names take room.
    private readonly int valueBytesMax = 2 * options.MessageBytesMax;

    /// <summary>Answers one request.</summary>
    /// <param name="features">The request.</param>
    /// <param name="stopping">Canceled when the server stops.</param>
    public async Task AnswerAsync(IFeatureCollection features, CancellationToken stopping)
    {
        // A request of HTTP/1.1 comes on the thread that polls its socket.
        await Task.Yield();
        var request = new HttpRequest(features);
        if (pages.TryGetValue(request.Path, out var page))
            await ShowAsync(request, page, stopping);
        else if (!methods.TryGetValue(request.Path, out var method))
            await PlainAsync(request, StatusCodes.Status404NotFound, "Not Found\n");
        else if (request.Method != HttpMethods.Post)
            await PlainAsync(request, StatusCodes.Status405MethodNotAllowed, "Method Not Allowed\n");
        else
            await CallAsync(request, method, stopping);
    }

    private static async ValueTask ShowAsync(
        HttpRequest request, Func<HttpRequest, CancellationToken, ValueTask> page, CancellationToken stopping)
    {
        if (request.Method != HttpMethods.Get && request.Method != HttpMethods.Head)
        {
            request.Response.Headers.Allow = "GET";
            await PlainAsync(request, StatusCodes.Status405MethodNotAllowed, "Method Not Allowed\n");
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, stopping);
        await page(request, ending.Token);
    }

    private async ValueTask CallAsync(HttpRequest request, GrpcMethod method, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, stopping, deadline.Token);
        var exchange = new JsonExchange(request, method.IsStream, valueBytesMax, options);
        method.Tally.Started();
        try
        {
            StartDeadline(request, deadline);
            if (exchange.AsksForLeader && !await options.HasLeader(ending.Token))
                throw options.NoLeader();
            await method.ServeAsync(exchange, ending.Token);
            method.Tally.Handled(GrpcCode.Ok);
        }
        catch (Exception e)
        {
            var error = request.Aborted.IsCancellationRequested ? null : ErrorOf(e, deadline.IsCancellationRequested, stopping);
            method.Tally.Handled(error?.Code ?? GrpcCode.Canceled);
            if (error is not null)
                await exchange.FailAsync(error);
        }
        finally
        {
            exchange.GiveHeld();
        }
    }

    private static void StartDeadline(HttpRequest request, CancellationTokenSource deadline)
    {
        if (request.Header("Grpc-Timeout") is not { Length: > 0 } header)
            return;
        if (!GrpcText.TryParseTimeout(header, out var timeout))
            throw new GrpcException(GrpcCode.InvalidArgument, $"invalid grpc-timeout: {header}");
        if (timeout < TimeSpan.FromDays(1))
            deadline.CancelAfter(timeout);
    }

    private GrpcException ErrorOf(Exception e, bool isLate, CancellationToken stopping) => e switch
    {
        GrpcException known => known,
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => GrpcCall.TooSlow(),
        OperationCanceledException when isLate => new GrpcException(GrpcCode.DeadlineExceeded, "context deadline exceeded"),
        OperationCanceledException when stopping.IsCancellationRequested => options.Stopping(),
        _ => options.Translate(e) ?? new GrpcException(GrpcCode.Unknown, $"{e.GetType().Name}: {e.Message}"),
    };

    private static ValueTask PlainAsync(HttpRequest request, int status, string text) =>
        request.AnswerAsync(status, "text/plain; charset=utf-8", text);
}
