namespace Quorate.Runtime.Certificates;

/// <summary>Where the certificates of a side of TLS come from. It is asked at each handshake, so that it may answer with newer ones.</summary>
public interface ICertificateSource
{
    /// <summary>What to prove oneself with, and whom to trust, from now on. From any thread; it must not block for long.</summary>
    CertificateSet Current { get; }
}
