using Quorate.Runtime.Certificates;

namespace Quorate.Runtime.Network;

/// <summary>Turns on TLS 1.3 with certificates on both sides, for every connection that the machine opens or accepts.</summary>
/// <remarks>
/// Guarantee: a connection is handed out only when the peer proved to hold a certificate that one of the authorities signed, and that
/// the predicate accepts. Dates, signatures and key usage are checked; host names are not, as the identity is the certificate's.
/// Cost: a handshake of a few milliseconds a connection, and encryption of each byte.
/// Fails when: a certificate expires; connecting then throws an <see cref="IOException"/>, and a listener drops the peer.
/// Source: RFC 8446.
/// </remarks>
public sealed record TlsOptions
{
    /// <summary>
    /// This machine's certificate, and the authorities whose signature a peer's must bear. Asked at each handshake: with
    /// <see cref="CertificateFiles"/> they can be replaced while the machine runs.
    /// </summary>
    public required ICertificateSource Certificates { get; init; }

    /// <summary>Whether a peer of this identity is welcome; null welcomes each that an authority signed.</summary>
    public Func<string, bool>? AcceptPeer { get; init; }

    /// <summary>How long a handshake may take. Default 5 s; more than 0, at most 1 minute.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
