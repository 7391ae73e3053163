using Quorate.Checking.Pages;
using Quorate.Simulation.Tracing;

namespace Quorate.Testing.Drawing;

/// <summary>Which ways were cut or clogged when. Ways that are cut and mended together are one partition, named by its sides.</summary>
internal sealed class CutLinks(int lane, IReadOnlyList<string> machines)
{
    private const int SidesMax = 6;
    private const int ClogsApartMax = 3;
    private readonly SortedDictionary<(string From, string To), (int Count, long Since)> cut = [];
    private readonly SortedDictionary<(string From, string To), (long Since, long Until)> clogged = [];
    private readonly List<(string From, string To, long Since, long Until)> ended = [];
    private readonly List<PageSpan> clogs = [];

    public void Take(LinkChanged changed, long at)
    {
        var way = (changed.From, changed.To);
        switch (changed.Step)
        {
            case LinkStep.Cut:
                cut[way] = cut.TryGetValue(way, out var known) ? (known.Count + 1, known.Since) : (1, at);
                break;
            case LinkStep.Mended when cut.TryGetValue(way, out var current):
                cut[way] = (current.Count - 1, current.Since);
                if (current.Count == 1)
                    End(way, at);
                break;
            case LinkStep.Clogged:
                EndClog(way, at);
                clogged[way] = (at, RecordDrawing.Nanoseconds(changed.Until ?? changed.At));
                break;
            case LinkStep.Unclogged:
                EndClog(way, at);
                break;
        }
    }

    public void Heal(long at)
    {
        foreach (var way in cut.Keys.ToArray())
            End(way, at);
        foreach (var way in clogged.Keys.ToArray())
            EndClog(way, at);
    }

    public IEnumerable<PageSpan> Spans(long end)
    {
        Heal(end);
        foreach (var together in ended.GroupBy(e => (e.Since, e.Until)))
        {
            var ways = together.Select(e => (e.From, e.To)).ToHashSet();
            var list = string.Join(", ", together.Select(e => $"{e.From} → {e.To}"));
            yield return new PageSpan(lane, together.Key.Since, together.Key.Until, SpanKind.NetworkFault, Describe(ways), $"cut: {list}");
        }
        foreach (var clog in Together())
            yield return clog;
    }

    // Clogs that overlap are one fault in most cases, such as all ways clogged and freed one by one: one span, with the ways as its detail.
    private IEnumerable<PageSpan> Together()
    {
        var chain = new List<PageSpan>();
        foreach (var clog in clogs.OrderBy(c => c.From).ThenBy(c => c.To).Append(null))
        {
            if (chain.Count > 0 && (clog is null || clog.From > chain.Max(c => c.To)))
            {
                foreach (var span in chain.Count > ClogsApartMax ? [Join(chain)] : chain.ToArray())
                    yield return span;
                chain.Clear();
            }
            if (clog is not null)
                chain.Add(clog);
        }
    }

    private PageSpan Join(List<PageSpan> chain) => new(
        lane,
        chain[0].From,
        chain.Max(c => c.To),
        SpanKind.NetworkFault,
        $"clog {chain.Select(c => c.Label).Distinct().Count()} ways",
        string.Join(", ", chain.Select(c => c.Label["clog ".Length..])));

    private void End((string From, string To) way, long at)
    {
        if (cut.Remove(way, out var span))
            ended.Add((way.From, way.To, span.Since, at));
    }

    private void EndClog((string From, string To) way, long at)
    {
        if (clogged.Remove(way, out var span))
            clogs.Add(new PageSpan(
                lane, span.Since, Math.Max(span.Since, Math.Min(span.Until, at)), SpanKind.NetworkFault, $"clog {way.From} → {way.To}"));
    }

    private string Describe(HashSet<(string From, string To)> ways)
    {
        var (first, _) = ways.MinBy(w => w, Comparer<(string, string)>.Default);
        var other = machines.Where(m => ways.Contains((first, m))).ToArray();
        var side = machines.Where(m => !other.Contains(m) && other.All(o => ways.Contains((m, o)))).ToArray();
        var isTwoWay = ways.Count == 2 * side.Length * other.Length && side.All(a => other.All(b => ways.Contains((b, a))));
        if (isTwoWay)
            return $"partition {Names(side)} | {Names(other)}";
        return ways.Count == side.Length * other.Length ? $"cut {Names(side)} ⇥ {Names(other)}" : $"cut {ways.Count} ways";
    }

    private static string Names(string[] names) => names.Length <= SidesMax ? string.Join(' ', names) : $"{names.Length} machines";
}
