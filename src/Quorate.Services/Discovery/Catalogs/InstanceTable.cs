using System.Text;
using Quorate.Services.Coordination;
using Quorate.Services.Discovery.Instances;

namespace Quorate.Services.Discovery.Catalogs;

/// <summary>The registry's keys, as they were read and watched, and the view that they make.</summary>
/// <param name="prefix">What the keys begin with: the instances of all services.</param>
/// <param name="keysMax">The most keys.</param>
/// <param name="report">Told of keys that are not understood.</param>
internal sealed class InstanceTable(string prefix, int keysMax, Action<string> report)
{
    private readonly SortedDictionary<string, long> keys = new(StringComparer.Ordinal);

    /// <summary>What the keys make.</summary>
    public CatalogView View { get; private set; } = CatalogView.Empty;

    /// <summary>How many keys there are, those that are not understood among them.</summary>
    public int Count => keys.Count;

    /// <summary>The greatest revision that wrote one of them; 0 where there is none.</summary>
    public long Newest => keys.Count == 0 ? 0 : keys.Values.Max();

    /// <summary>Begins anew with what was read.</summary>
    /// <param name="read">All keys.</param>
    public void Reset(RangeResponse read)
    {
        keys.Clear();
        var view = CatalogView.Empty;
        foreach (var kv in read.KeyValues)
            view = Put(view, kv);
        View = view with { Revision = read.Header.Revision };
    }

    /// <summary>Goes on with the changes of one revision.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="events">The changes.</param>
    public void Apply(long revision, IReadOnlyList<WatchEvent> events)
    {
        var view = View;
        foreach (var change in events)
            view = change.IsDelete ? Remove(view, change.KeyValue) : Put(view, change.KeyValue);
        View = view with { Revision = revision };
    }

    private CatalogView Put(CatalogView view, KeyValue kv)
    {
        var key = Encoding.UTF8.GetString(kv.Key.Span);
        if (!keys.ContainsKey(key) && keys.Count >= keysMax)
        {
            report($"there are more than {keysMax} instances, and '{key}' is left out");
            return view;
        }

        keys[key] = kv.ModRevision;
        if (!TrySplit(key, out var service, out var instance))
        {
            report($"'{key}' is not SERVICE/INSTANCE");
            return view;
        }

        if (InstanceText.TryRead(service, instance, kv.ModRevision, kv.Value.Span, out var endpoint, out var whyNot))
            return view.With(endpoint!);
        report($"'{key}' is not understood: {whyNot}");
        return view.Without(service, instance);
    }

    private CatalogView Remove(CatalogView view, KeyValue kv)
    {
        var key = Encoding.UTF8.GetString(kv.Key.Span);
        keys.Remove(key);
        return TrySplit(key, out var service, out var instance) ? view.Without(service, instance) : view;
    }

    private bool TrySplit(string key, out string service, out string instance)
    {
        (service, instance) = ("", "");
        if (!key.StartsWith(prefix, StringComparison.Ordinal) || key[prefix.Length..].Split('/') is not [var first, var second])
            return false;
        (service, instance) = (first, second);
        return true;
    }
}
