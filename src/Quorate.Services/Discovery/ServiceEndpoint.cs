using System.Net;

namespace Quorate.Services.Discovery;

/// <summary>One instance of a service, as it is registered.</summary>
/// <param name="Service">The service: a label of a domain name, in lower case.</param>
/// <param name="Instance">The instance's name among those of the service: a label, in lower case.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Port">Its port, 1 to 65535.</param>
public sealed record ServiceEndpoint(string Service, string Instance, IPAddress Address, int Port)
{
    /// <summary>What it is known by beside, such as a version: labels.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What else there is to say of it, in the order of the names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>Instances of the least priority come first; the others are asked when none of those is healthy. From 0 to 65535.</summary>
    public int Priority { get; init; }

    /// <summary>The share among those of the same priority. From 0 to 65535, default 1; 0 is seldom chosen.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Whether its checks pass.</summary>
    public bool IsHealthy { get; init; } = true;

    /// <summary>Why it is not healthy, or what there is to say of it; may be empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The revision that wrote it: greater for a later one; 0 where it is not known.</summary>
    public long Revision { get; init; }
}
