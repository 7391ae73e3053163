using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Quorate.Client.Grpc;
using Wire = Quorate.Client.Wire;

namespace Quorate.Tests.Client;

/// <summary>A server that speaks gRPC and answers as a test tells it to; it is up and has a leader unless told otherwise.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private ScriptedServer(WebApplication application) => this.application = application;

    /// <summary>Answers the calls of a path.</summary>
    public ConcurrentDictionary<string, Func<ScriptedCall, Task>> Methods { get; } = new();

    /// <summary>The paths that were called, in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public string Endpoint => application.Urls.Single();

    public int CallsOf(string method) => Calls.Count(c => c.EndsWith($"/{method}", StringComparison.Ordinal));

    public static async Task<ScriptedServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
        var server = new ScriptedServer(builder.Build());
        server.application.Run(server.ServeAsync);
        server.On("Status", call => call.AnswerAsync(new Wire.StatusResponse { Leader = 1 }));
        await server.application.StartAsync();
        return server;
    }

    public void On(string method, Func<ScriptedCall, Task> answer) => Methods[method] = answer;

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private Task ServeAsync(HttpContext context)
    {
        Calls.Enqueue(context.Request.Path.Value!);
        context.Response.ContentType = "application/grpc";
        var call = new ScriptedCall(context);
        return Methods.TryGetValue(context.Request.Path.Value!.Split('/')[^1], out var answer) ? answer(call) : call.EndAsync(GrpcCode.Unimplemented, "no script");
    }
}

/// <summary>A call as the server sees it.</summary>
internal sealed class ScriptedCall(HttpContext context)
{
    public string? Header(string name) => context.Request.Headers[name];

    public CancellationToken Gone => context.RequestAborted;

    public async Task<T?> ReadAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T> => await MessageReader.ReadAsync(context.Request.Body, parser, 1 << 20, context.RequestAborted);

    public async Task WriteAsync(IMessage message)
    {
        await context.Response.Body.WriteAsync(GrpcFrame.ToArray(message));
        await context.Response.Body.FlushAsync();
    }

    public async Task AnswerAsync(IMessage message)
    {
        await WriteAsync(message);
        await EndAsync(GrpcCode.Ok, "");
    }

    public async Task EndAsync(GrpcCode code, string text)
    {
        context.Response.AppendTrailer("grpc-status", ((int)code).ToString());
        context.Response.AppendTrailer("grpc-message", text);
        await context.Response.CompleteAsync();
    }

    /// <summary>Answers nothing until the client is gone.</summary>
    public Task NeverAsync() => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    /// <summary>Breaks the stream off, as a connection that is lost does.</summary>
    public void Abort() => context.Abort();
}
