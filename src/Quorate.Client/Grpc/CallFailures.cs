using System.Net;
using System.Net.Http.Headers;

namespace Quorate.Client.Grpc;

/// <summary>Tells from how a call over HTTP/2 failed what is known of it.</summary>
internal static class CallFailures
{
    // RFC 9113, section 7: the server has done nothing for the stream.
    private const long RefusedStream = 7;

    /// <summary>What an exception of the transport means.</summary>
    /// <param name="exception">The exception.</param>
    public static CallException Of(Exception exception) => exception switch
    {
        CallException known => known,
        GrpcException grpc => new(CallFate.Unknown, grpc.Code, grpc.Message, grpc),
        HttpRequestException http => new(IsNotSent(http) ? CallFate.NotSent : CallFate.Unknown, GrpcCode.Unavailable, TextOf(http), http),
        // A connection that did not come about in its time; a caller that gave up is told apart before.
        OperationCanceledException { InnerException: TimeoutException } late =>
            new(CallFate.NotSent, GrpcCode.Unavailable, "no connection in time", late),
        _ => new(CallFate.Unknown, GrpcCode.Unavailable, exception.Message, exception),
    };

    /// <summary>Refuses an answer that is not gRPC's.</summary>
    /// <param name="response">The answer's head.</param>
    /// <exception cref="CallException">It is something else.</exception>
    public static void RequireGrpc(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            throw new CallException(CallFate.Unknown, CodeOf(response.StatusCode), $"the endpoint answered with HTTP {(int)response.StatusCode}");
        if (response.Content.Headers.ContentType?.MediaType is not { } type || !type.StartsWith("application/grpc", StringComparison.Ordinal))
            throw new CallException(CallFate.Unknown, GrpcCode.Unknown, "the endpoint does not speak gRPC");
    }

    /// <summary>The failure that an ended answer tells; null for the status OK.</summary>
    /// <param name="response">The answer, read to its end.</param>
    public static CallException? StatusOf(HttpResponseMessage response)
    {
        var status = Header(response.TrailingHeaders, "grpc-status") ?? Header(response.Headers, "grpc-status");
        if (!int.TryParse(status, out var code))
            return new CallException(CallFate.Unknown, GrpcCode.Unknown, "the answer ended without a status");
        if (code == (int)GrpcCode.Ok)
            return null;
        var message = Header(response.TrailingHeaders, "grpc-message") ?? Header(response.Headers, "grpc-message");
        return new CallException(CallFate.Answered, (GrpcCode)code, Uri.UnescapeDataString(message ?? $"status {code}"));
    }

    private static bool IsNotSent(HttpRequestException http) =>
        http.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.VersionNegotiationError
        || http.InnerException is HttpProtocolException { ErrorCode: RefusedStream };

    // The outer text is of requests in general; the inner one says what happened.
    private static string TextOf(HttpRequestException http) =>
        http.InnerException is { } inner && !http.Message.Contains(inner.Message) ? $"{http.Message} {inner.Message}" : http.Message;

    // Source: grpc/doc/http-grpc-status-mapping.md.
    private static GrpcCode CodeOf(HttpStatusCode status) => (int)status switch
    {
        400 => GrpcCode.Internal,
        401 => GrpcCode.Unauthenticated,
        403 => GrpcCode.PermissionDenied,
        404 => GrpcCode.Unimplemented,
        429 or 502 or 503 or 504 => GrpcCode.Unavailable,
        _ => GrpcCode.Unknown,
    };

    private static string? Header(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.First() : null;
}
