using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Quorate.Client;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Certificates;
using Quorate.Runtime.Network;
using Quorate.Services.Recipes;

namespace Quorate.Hosting;

/// <summary>A section of the configuration that names the application's store.</summary>
internal sealed class QuorateSettings
{
    private const string Embedded = "embedded";
    private const string Remote = "remote";

    /// <summary>Which: <c>embedded</c> or <c>remote</c>.</summary>
    public string? Provider { get; set; }

    /// <summary>The name of the node or client.</summary>
    public string? Name { get; set; }

    /// <summary>The name of the node's cluster.</summary>
    public string? Cluster { get; set; }

    /// <summary>Where the node listens.</summary>
    public string? Listen { get; set; }

    /// <summary>Where the others reach the node.</summary>
    public string? Advertise { get; set; }

    /// <summary>The other nodes.</summary>
    public string[]? Join { get; set; }

    /// <summary>The node's folder.</summary>
    public string? Data { get; set; }

    /// <summary>The endpoints of the remote cluster.</summary>
    public string[]? Endpoints { get; set; }

    /// <summary>As whom the client calls.</summary>
    public string? User { get; set; }

    /// <summary>That user's password.</summary>
    public string? Password { get; set; }

    /// <summary>The files of certificates.</summary>
    public EtcdTls? Tls { get; set; }

    /// <summary>Whether addresses elsewhere than on loopback may be without TLS.</summary>
    public bool AllowInsecure { get; set; }

    /// <summary>How long what a dead holder held stays held.</summary>
    public TimeSpan? SessionTtl { get; set; }

    /// <summary>Whether the store is a cluster of other processes.</summary>
    public bool IsRemote => Provider == Remote;

    /// <summary>Reads a section.</summary>
    /// <param name="section">The section.</param>
    /// <exception cref="InvalidOperationException">It names no provider, or has a setting that there is not, or not for this provider.</exception>
    public static QuorateSettings Read(IConfigurationSection section)
    {
        var settings = section.Get<QuorateSettings>(o => o.ErrorOnUnknownConfiguration = true);
        if (settings?.Provider is not (Embedded or Remote))
            throw new InvalidOperationException(
                $"{section.Path}:Provider must be '{Embedded}' or '{Remote}', not '{settings?.Provider}'.");
        string?[] others = settings.IsRemote
            ? [Named(settings.Cluster), Named(settings.Listen), Named(settings.Advertise), Named(settings.Join), Named(settings.Data)]
            : [Named(settings.Endpoints), Named(settings.User), Named(settings.Password)];
        if (others.FirstOrDefault(o => o is not null) is { } wrong)
            throw new InvalidOperationException($"{section.Path}:{wrong} is no setting of the provider '{settings.Provider}'.");
        return settings;

        static string? Named(
            object? value, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string name = "") =>
            value is null ? null : name[(name.LastIndexOf('.') + 1)..];
    }

    /// <summary>Describes the client.</summary>
    /// <param name="client">The description.</param>
    public void Describe(QuorateClientBuilder client)
    {
        client.Named(Name ?? "").Endpoints(Endpoints ?? []).Recipes(Recipes());
        if (User is not null || Password is not null)
            client.User(User ?? "", Password ?? "");
        if (Tls is not null)
            client.Tls(Tls);
        if (AllowInsecure)
            client.AllowInsecure();
    }

    /// <summary>Describes the node.</summary>
    /// <param name="node">The description.</param>
    /// <exception cref="InvalidOperationException">The certificates cannot be read.</exception>
    public void Describe(QuorateNodeBuilder node)
    {
        node.Named(Name ?? "").Listen(Listen ?? "").Join(Join ?? []).Data(Data ?? "").Recipes(Recipes());
        if (Cluster is not null)
            node.Cluster(Cluster);
        if (Advertise is not null)
            node.Advertise(Advertise);
        if (Tls is not null)
            node.Tls(NodeTls(Tls));
        if (AllowInsecure)
            node.AllowInsecure();
    }

    private RecipeOptions Recipes() => SessionTtl is { } ttl ? new RecipeOptions { SessionTtl = ttl } : new RecipeOptions();

    private static TlsOptions NodeTls(EtcdTls tls)
    {
        if (tls is not { AuthorityFile: { } authority, CertificateFile: { } certificate, KeyFile: { } key })
            throw new InvalidOperationException(
                "A node's TLS needs AuthorityFile, CertificateFile and KeyFile: nodes prove who they are to each other.");
        try
        {
            return new TlsOptions
            {
                Certificates = new CertificateFiles(new CertificatePaths(certificate, key, authority), TimeProvider.System, Tell),
            };
        }
        catch (IOException e)
        {
            throw new InvalidOperationException($"The node's certificates cannot be read: {e.Message}", e);
        }
    }

    // The node has no log yet where its certificates are read.
    private static void Tell(Severity severity, string text)
    {
        if (severity >= Severity.Warning)
            Trace.TraceWarning($"Quorate: {text}");
        else
            Trace.TraceInformation($"Quorate: {text}");
    }
}
