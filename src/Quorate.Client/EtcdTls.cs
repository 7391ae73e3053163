namespace Quorate.Client;

/// <summary>TLS towards the endpoints: whom to believe, and who one is. Files in PEM form, read anew for each new connection's beginning.</summary>
public sealed record EtcdTls
{
    /// <summary>The file of the authorities whose signature an endpoint's certificate must bear. Default null: the system's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>The file of this client's certificate. Default null: it has none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The file of its private key. Required with <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }
}
