using System.Collections.Frozen;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Quorate.Server.Grpc;

/// <summary>
/// Answers HTTP/2 streams as gRPC calls, straight on the web server: no middleware, no routing, no HttpContext, no log line for a call.
/// </summary>
/// <param name="options">The methods and how they are served.</param>
/// <param name="stopping">Canceled when the server stops; ends the streams.</param>
/// <remarks>Source: grpc/doc/PROTOCOL-HTTP2.md.</remarks>
internal sealed class GrpcApplication(GrpcServiceOptions options, CancellationToken stopping) : IHttpApplication<GrpcCall>
{
    private readonly FrozenDictionary<string, GrpcMethod> methods = options.Methods.ToFrozenDictionary(StringComparer.Ordinal);
    private readonly FrozenSet<string> services = options.Methods.Keys.Select(ServiceOf).ToFrozenSet(StringComparer.Ordinal);

    /// <inheritdoc/>
    public GrpcCall CreateContext(IFeatureCollection contextFeatures)
    {
        // The web server keeps its stream objects, and each keeps the call that was first made for it.
        if (contextFeatures is not IHostContextContainer<GrpcCall> container)
            return Begin(new GrpcCall(options, stopping), contextFeatures);
        container.HostContext ??= new GrpcCall(options, stopping);
        return Begin(container.HostContext, contextFeatures);
    }

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(GrpcCall context)
    {
        if (!context.TryEnter())
        {
            context.RefuseAsTooMany();
            return;
        }

        var isKnown = methods.TryGetValue(context.Path, out var method);
        if (!isKnown && !context.IsGrpc && options.Others is { } others)
        {
            await others(context.Features, stopping);
            return;
        }

        var tally = method?.Tally;
        try
        {
            if (!context.Accept())
                return;
            if (method is null)
                throw Unknown(context.Path);
            tally!.Started();
            context.Tally = tally;
            await method.InvokeAsync(context);
            context.Succeed();
            tally.Handled(GrpcCode.Ok);
        }
        catch (Exception e)
        {
            var error = ErrorOf(e, context);
            tally?.Handled(error?.Code ?? GrpcCode.Canceled);
            if (error is not null)
                context.Fail(error);
        }
    }

    /// <inheritdoc/>
    public void DisposeContext(GrpcCall context, Exception? exception) => context.End();

    private static GrpcCall Begin(GrpcCall call, IFeatureCollection features)
    {
        call.Begin(features);
        return call;
    }

    // Null when nobody is left to read an error.
    private GrpcException? ErrorOf(Exception e, GrpcCall call)
    {
        if (e is GrpcException known)
            return known;
        if (call.IsPastDeadline)
            return new GrpcException(GrpcCode.DeadlineExceeded, "context deadline exceeded");
        if (call.IsAborted)
            return null;
        if (e is OperationCanceledException && stopping.IsCancellationRequested)
            return options.Stopping();
        if (e is BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout })
            return GrpcCall.TooSlow();
        return options.Translate(e) ?? new GrpcException(GrpcCode.Unknown, $"{e.GetType().Name}: {e.Message}");
    }

    private GrpcException Unknown(string path)
    {
        var slash = path.LastIndexOf('/');
        if (slash < 1 || slash == path.Length - 1)
            return new GrpcException(GrpcCode.Unimplemented, $"malformed method name: \"{path}\"");
        var service = ServiceOf(path);
        return services.Contains(service)
            ? new GrpcException(GrpcCode.Unimplemented, $"unknown method {path[(slash + 1)..]} for service {service}")
            : new GrpcException(GrpcCode.Unimplemented, $"unknown service {service}");
    }

    private static string ServiceOf(string path) => path[1..path.LastIndexOf('/')];
}
