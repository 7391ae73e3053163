namespace Quorate.Services.Coordination;

/// <summary>The services as clients from outside see them: each call is judged by who makes it.</summary>
/// <remarks>
/// Guarantee: with authentication on, nothing is done that the caller may not do at the place of its call in the log (writes) or in this
/// node's state (reads, watches). Whoever holds the <see cref="ICoordination"/> of the node itself, as an application in the same
/// process does, is trusted and not judged.
/// Cost: one small object a caller.
/// </remarks>
public interface IClientAccess
{
    /// <summary>The services for one caller.</summary>
    /// <param name="credentials">What the caller shows.</param>
    ClientServices For(ClientCredentials credentials);
}

/// <summary>The services for one caller.</summary>
/// <param name="Coordination">Keys, transactions, watches, leases, members.</param>
/// <param name="Maintenance">Maintenance.</param>
/// <param name="Authentication">Users, roles and log-ins.</param>
public sealed record ClientServices(ICoordination Coordination, IMaintenance Maintenance, IAuthentication Authentication);

/// <summary>What a caller shows of itself.</summary>
/// <param name="Token">The token that a log-in gave; null where none is shown.</param>
/// <param name="CertificateName">The common name of a client certificate that was checked; null where there is none. A token goes first.</param>
/// <param name="From">Where the call comes from, for the audit log.</param>
public sealed record ClientCredentials(string? Token, string? CertificateName, string From)
{
    /// <summary>A caller that shows nothing.</summary>
    public static ClientCredentials None { get; } = new(null, null, "");

    /// <summary>Never the token.</summary>
    public override string ToString() => CertificateName is null ? From : $"{CertificateName} from {From}";
}
