using Microsoft.AspNetCore.Http;

namespace Quorate.Server.Etcd.Gateway;

/// <summary>Which HTTP status stands for which gRPC code. Source: grpc-gateway 1.9, runtime/errors.go, as etcd 3.4 answers.</summary>
internal static class HttpStatus
{
    /// <summary>The status of a code.</summary>
    /// <param name="code">The code.</param>
    public static int Of(GrpcCode code) => code switch
    {
        GrpcCode.Ok => StatusCodes.Status200OK,
        GrpcCode.Canceled => StatusCodes.Status408RequestTimeout,
        GrpcCode.InvalidArgument or GrpcCode.OutOfRange => StatusCodes.Status400BadRequest,
        GrpcCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        GrpcCode.NotFound => StatusCodes.Status404NotFound,
        GrpcCode.AlreadyExists or GrpcCode.Aborted => StatusCodes.Status409Conflict,
        GrpcCode.PermissionDenied => StatusCodes.Status403Forbidden,
        GrpcCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        GrpcCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        GrpcCode.FailedPrecondition => StatusCodes.Status412PreconditionFailed,
        GrpcCode.Unimplemented => StatusCodes.Status501NotImplemented,
        GrpcCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}
