using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Quorate.Server.Etcd.Gateway;

/// <summary>A plain HTTP request, straight on the web server's features.</summary>
/// <param name="features">The features.</param>
internal sealed class HttpRequest(IFeatureCollection features)
{
    private readonly IHttpRequestFeature request = features.Get<IHttpRequestFeature>()!;

    /// <summary>The web server's features.</summary>
    public IFeatureCollection Features => features;

    /// <summary>The response.</summary>
    public IHttpResponseFeature Response { get; } = features.Get<IHttpResponseFeature>()!;

    /// <summary>The path.</summary>
    public string Path => request.Path;

    /// <summary>The method.</summary>
    public string Method => request.Method;

    /// <summary>What follows the question mark, and it.</summary>
    public string Query => request.QueryString;

    /// <summary>Canceled when the client is gone.</summary>
    public CancellationToken Aborted => features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;

    /// <summary>Ends the connection, or the stream, without another word.</summary>
    public void Abort() => features.Get<IHttpRequestLifetimeFeature>()!.Abort();

    /// <summary>The value of a header; empty where it is not there.</summary>
    /// <param name="name">Its name.</param>
    public string Header(string name) => request.Headers[name].ToString();

    /// <summary>Answers with a text.</summary>
    /// <param name="status">The status.</param>
    /// <param name="contentType">What the text is.</param>
    /// <param name="text">The text.</param>
    public async ValueTask AnswerAsync(int status, string contentType, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        Response.StatusCode = status;
        Response.Headers.ContentType = contentType;
        Response.Headers.ContentLength = body.Length;
        var output = features.Get<IHttpResponseBodyFeature>()!.Writer;
        if (Method != HttpMethods.Head)
            output.Write(body);
        await output.FlushAsync();
    }
}
