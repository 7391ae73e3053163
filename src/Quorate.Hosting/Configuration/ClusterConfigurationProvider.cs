using System.Text;
using Microsoft.Extensions.Configuration;
using Quorate.Services.Coordination;

namespace Quorate.Hosting.Configuration;

/// <summary>Holds the values that were last read; slashes of keys are the colons of configuration.</summary>
/// <param name="prefix">What the keys begin with.</param>
internal sealed class ClusterConfigurationProvider(string prefix) : ConfigurationProvider
{
    /// <summary>What the keys begin with.</summary>
    public string Prefix => prefix;

    /// <summary>Takes other values, and tells whoever reads them.</summary>
    /// <param name="keyValues">All keys below the prefix.</param>
    public void Take(IReadOnlyList<KeyValue> keyValues)
    {
        var skip = Encoding.UTF8.GetByteCount(prefix);
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var kv in keyValues)
        {
            var name = Encoding.UTF8.GetString(kv.Key.Span[skip..]).Trim('/').Replace("/", ConfigurationPath.KeyDelimiter);
            if (name.Length > 0)
                data[name] = Encoding.UTF8.GetString(kv.Value.Span);
        }

        Data = data;
        OnReload();
    }
}
