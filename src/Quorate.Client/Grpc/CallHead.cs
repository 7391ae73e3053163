using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Quorate.Client.Grpc;

/// <summary>What goes before a call's messages.</summary>
/// <param name="Path">The method, such as <c>/etcdserverpb.KV/Range</c>.</param>
/// <param name="RequireLeader">Whether a server without a leader refuses it.</param>
/// <param name="Token">Proves who calls; null for nobody.</param>
/// <param name="Timeout">How long the answer is waited for; null for a stream.</param>
/// <remarks>Source: grpc/doc/PROTOCOL-HTTP2.md; etcd v3.4, clientv3/ctx.go (hasleader) and clientv3/credentials (token).</remarks>
internal readonly record struct CallHead(string Path, bool RequireLeader, string? Token = null, TimeSpan? Timeout = null)
{
    // The header has at most eight digits, so that a longer timeout is none.
    private const double TimeoutMsMax = 99_999_999;
    private static readonly MediaTypeHeaderValue ContentType = new("application/grpc");

    /// <summary>The request.</summary>
    /// <param name="address">The endpoint.</param>
    /// <param name="content">Its messages.</param>
    public HttpRequestMessage ToRequest(Uri address, HttpContent content)
    {
        content.Headers.ContentType = ContentType;
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        Add("te", "trailers");
        if (RequireLeader)
            Add("hasleader", "true");
        if (Token is not null)
            Add("token", Token);
        if (Timeout is { TotalMilliseconds: <= TimeoutMsMax } timeout)
            Add("grpc-timeout", Math.Max(1, Math.Ceiling(timeout.TotalMilliseconds)).ToString("0m", CultureInfo.InvariantCulture));
        return request;

        void Add(string name, string value) => request.Headers.TryAddWithoutValidation(name, value);
    }
}
