using Quorate.Checking.Pages;

namespace Quorate.Testing.Drawing;

/// <summary>Spans that begin and end by name on a lane; what never ends lasts to the end of the run.</summary>
internal sealed class OpenSpans(long end)
{
    private readonly SortedDictionary<(int Lane, string Name), PageSpan> open = [];
    private readonly List<PageSpan> ended = [];

    /// <summary>Begins one; nothing happens where it lasts already.</summary>
    public void Begin(int lane, string name, long at, SpanKind kind, string label) =>
        open.TryAdd((lane, name), new PageSpan(lane, at, end, kind, label));

    /// <summary>Ends one; nothing happens where there is none.</summary>
    public void End(int lane, string name, long at)
    {
        if (open.Remove((lane, name), out var span))
            ended.Add(span with { To = at });
    }

    /// <summary>Ends all of a lane.</summary>
    public void EndAll(int lane, long at)
    {
        foreach (var (place, name) in open.Keys.Where(k => k.Lane == lane).ToArray())
            End(place, name, at);
    }

    /// <summary>All of them.</summary>
    public IEnumerable<PageSpan> All() => [.. ended, .. open.Values];
}
