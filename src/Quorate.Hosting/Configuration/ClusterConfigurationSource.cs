using Microsoft.Extensions.Configuration;

namespace Quorate.Hosting.Configuration;

/// <summary>Configuration from the keys below a prefix. It is empty until the node runs.</summary>
/// <param name="prefix">The prefix.</param>
internal sealed class ClusterConfigurationSource(string prefix) : IConfigurationSource
{
    /// <summary>The one provider of this source.</summary>
    public ClusterConfigurationProvider Provider { get; } = new(prefix);

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => Provider;
}
