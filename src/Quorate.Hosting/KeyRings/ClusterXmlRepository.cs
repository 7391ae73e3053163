using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;

namespace Quorate.Hosting.KeyRings;

/// <summary>Keeps the keys of data protection in the cluster, so that every replica reads what another one has protected.</summary>
/// <remarks>The interface is synchronous: a call holds its thread up for one round of the store.</remarks>
/// <param name="store">The store.</param>
/// <param name="prefix">What the keys begin with.</param>
internal sealed class ClusterXmlRepository(IKeyValueStore store, string prefix) : IXmlRepository
{
    private const int AttemptsMax = 5;

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. Wait(() => store.ListAsync(prefix)).KeyValues.Select(kv => XElement.Parse(Encoding.UTF8.GetString(kv.Value.Span)))];

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        var name = string.IsNullOrEmpty(friendlyName) ? Guid.NewGuid().ToString("N") : friendlyName;
        var value = Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting));
        // The same write however often: so one whose end is not known is made again.
        Wait(() => store.PutAsync(prefix + Uri.EscapeDataString(name), value));
    }

    private static T Wait<T>(Func<ValueTask<T>> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return call().AsTask().GetAwaiter().GetResult();
            }
            catch (CoordinationException e) when (attempt < AttemptsMax && e.Error != CoordinationError.Stopped)
            {
                // No leader for the moment, or no answer.
            }
        }
    }
}
