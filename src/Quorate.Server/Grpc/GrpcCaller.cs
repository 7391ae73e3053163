using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Features;

namespace Quorate.Server.Grpc;

/// <summary>What a caller shows of itself, and where it is.</summary>
/// <param name="Token">The value of the metadata <c>token</c>, or of the header <c>authorization</c>; null where there is neither.</param>
/// <param name="CertificateName">The common name of the certificate that the connection was checked by; null where there is none.</param>
/// <param name="From">The other end's address.</param>
internal readonly record struct GrpcCaller(string? Token, string? CertificateName, string From)
{
    private const string CommonName = "2.5.4.3";

    /// <summary>The name of a certificate is taken apart once a connection.</summary>
    private static readonly ConditionalWeakTable<X509Certificate2, string> Names = [];

    /// <summary>The caller of a gRPC call.</summary>
    /// <param name="features">The call's features.</param>
    /// <param name="from">The other end's address.</param>
    public static GrpcCaller Of(IFeatureCollection features, string from) => new(TokenOf(features), NameOf(features), from);

    /// <summary>
    /// The caller of a call over plain HTTP, whose certificate names nobody: in etcd it would be the gateway's. Source: etcd v3.4, auth/store.go,
    /// AuthInfoFromTLS.
    /// </summary>
    /// <param name="features">The request's features.</param>
    public static GrpcCaller WithoutCertificate(IFeatureCollection features) => new(TokenOf(features), null, FromOf(features));

    /// <summary>The other end's address.</summary>
    /// <param name="features">The call's features.</param>
    public static string FromOf(IFeatureCollection features) =>
        features.Get<IHttpConnectionFeature>() is { RemoteIpAddress: { } address } connection ? $"{address}:{connection.RemotePort}" : "";

    private static string? TokenOf(IFeatureCollection features)
    {
        var headers = features.Get<IHttpRequestFeature>()!.Headers;
        if (headers["token"] is [{ } token, ..])
            return token;
        return headers.Authorization is [{ } authorization, ..] ? authorization : null;
    }

    private static string? NameOf(IFeatureCollection features) =>
        features.Get<ITlsConnectionFeature>()?.ClientCertificate is { } certificate ? Names.GetValue(certificate, CommonNameOf) : null;

    private static string CommonNameOf(X509Certificate2 certificate) => certificate.SubjectName
        .EnumerateRelativeDistinguishedNames()
        .FirstOrDefault(name => !name.HasMultipleElements && name.GetSingleElementType().Value == CommonName)?.GetSingleElementValue() ?? "";
}
