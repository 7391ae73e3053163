namespace Quorate.Checking.Pages.Writing;

/// <summary>Chooses what of a run is on the page when not all of it fits.</summary>
internal static class PageSelection
{
    private const int TriesMax = 16;

    private enum Part : byte
    {
        Message,
        Mark,
        Span,
        Operation,
    }

    // Lower is kept longer.
    private enum Worth : byte
    {
        Witness,
        NearFault,
        Near,
        Fault,
        Far,
        Minor,
        Routine,
    }

    public static int Count(RunPage page) => page.Messages.Count + page.Marks.Count + page.Spans.Count + page.Operations.Count;

    /// <summary>The data of the page, at most so many bytes.</summary>
    /// <returns>The bytes, and how many events they hold.</returns>
    public static (byte[] Data, int Kept) Fit(RunPage page, PageLimits limits, int bytesMax)
    {
        var total = Count(page);
        var data = PageData.Encode(page, limits);
        if (data.Length <= bytesMax)
            return (data, total);
        var ranked = Rank(page);
        var kept = total;
        for (var attempt = 0; attempt < TriesMax && data.Length > bytesMax; attempt++)
        {
            // Sizes are about in proportion to counts; each try leaves a little more room than the last.
            var part = (double)bytesMax / data.Length * (0.99 - attempt * 0.03);
            kept = (int)(kept * part);
            data = PageData.Encode(Keep(page, ranked, kept), limits);
        }
        return data.Length <= bytesMax
            ? (data, kept)
            : throw new ArgumentException($"Of this page, not even the lanes fit into {bytesMax} bytes.", nameof(page));
    }

    private static List<Ranked> Rank(RunPage page)
    {
        var focus = FocusOf(page);
        var witness = Places(page.Witness);
        var ranked = new List<Ranked>(Count(page));
        for (var i = 0; i < page.Messages.Count; i++)
        {
            var m = page.Messages[i];
            var distance = Distance(focus, m.Sent, m.Ended);
            ranked.Add(new(Part.Message, i, m.IsRoutine ? Worth.Routine : distance == 0 ? Worth.Near : Worth.Far, distance));
        }
        for (var i = 0; i < page.Marks.Count; i++)
        {
            var mark = page.Marks[i];
            var distance = Distance(focus, mark.At, mark.At);
            ranked.Add(new(Part.Mark, i, mark.IsMinor ? (distance == 0 ? Worth.Near : Worth.Minor) : OfFault(distance), distance));
        }
        for (var i = 0; i < page.Spans.Count; i++)
        {
            var distance = Distance(focus, page.Spans[i].From, page.Spans[i].To);
            ranked.Add(new(Part.Span, i, OfFault(distance), distance));
        }
        for (var i = 0; i < page.Operations.Count; i++)
        {
            var o = page.Operations[i];
            var distance = Distance(focus, o.Invoked, o.Ended ?? o.Invoked);
            ranked.Add(new(Part.Operation, i, witness.Contains(i) ? Worth.Witness : distance == 0 ? Worth.Near : Worth.Far, distance));
        }
        ranked.Sort();
        return ranked;
    }

    private static Worth OfFault(long distance) => distance == 0 ? Worth.NearFault : Worth.Fault;

    /// <summary>Where the page opens: what it was told, else around the witness, else its end.</summary>
    public static PageWindow FocusOf(RunPage page)
    {
        if (page.Focus is { } given)
            return given;
        var window = (From: long.MaxValue, To: long.MinValue);
        foreach (var place in Places(page.Witness).Order())
        {
            var o = page.Operations[place];
            window = (Math.Min(window.From, o.Invoked), Math.Max(window.To, o.Ended ?? o.Invoked));
        }
        var end = PageData.EndOf(page);
        return window.From <= window.To ? new PageWindow(window.From, window.To) : new PageWindow(end, end);
    }

    private static HashSet<int> Places(PageWitness? witness)
    {
        var places = new HashSet<int>();
        if (witness is null)
            return places;
        places.UnionWith(witness.Operations);
        places.UnionWith(witness.Order.Select(p => p.Operation));
        places.UnionWith(witness.Edges.SelectMany(e => (int[])[e.From, e.To]));
        if (witness.Stuck is { } stuck)
            places.Add(stuck);
        return places;
    }

    private static long Distance(PageWindow focus, long from, long to) =>
        to < focus.From ? focus.From - to : from > focus.To ? from - focus.To : 0;

    private static RunPage Keep(RunPage page, List<Ranked> ranked, int count)
    {
        var messages = new bool[page.Messages.Count];
        var marks = new bool[page.Marks.Count];
        var spans = new bool[page.Spans.Count];
        var operations = new bool[page.Operations.Count];
        var routine = page.Messages.Count(m => m.IsRoutine);
        for (var i = 0; i < ranked.Count && (i < count || ranked[i].Worth == Worth.Witness); i++)
        {
            var flags = ranked[i].Part switch
            {
                Part.Message => messages,
                Part.Mark => marks,
                Part.Span => spans,
                _ => operations,
            };
            flags[ranked[i].Place] = true;
        }
        var reduced = page with
        {
            Messages = Where(page.Messages, messages),
            Marks = Where(page.Marks, marks),
            Spans = Where(page.Spans, spans),
            Operations = Where(page.Operations, operations),
            Witness = page.Witness is null ? null : WitnessPlaces.Move(page.Witness, NewPlaces(operations)),
            Focus = FocusOf(page),
        };
        return reduced with { Notes = [.. page.Notes, Missing(page, reduced, routine)] };
    }

    private static string Missing(RunPage page, RunPage reduced, int routine)
    {
        var routineKept = reduced.Messages.Count(m => m.IsRoutine);
        var (signs, signsKept) = (page.Marks.Count + page.Spans.Count, reduced.Marks.Count + reduced.Spans.Count);
        return "Not all of the run fits on the page. Left out, furthest from what matters first: "
            + $"{Of(routine, routineKept)} routine messages, "
            + $"{Of(page.Messages.Count - routine, reduced.Messages.Count - routineKept)} other messages, "
            + $"{Of(page.Operations.Count, reduced.Operations.Count)} operations, {Of(signs, signsKept)} marks.";
    }

    private static string Of(int all, int kept) => FormattableString.Invariant($"{all - kept:N0} of {all:N0}");

    private static int[] NewPlaces(bool[] kept)
    {
        var places = new int[kept.Length];
        var next = 0;
        for (var i = 0; i < kept.Length; i++)
            places[i] = kept[i] ? next++ : -1;
        return places;
    }

    private static List<T> Where<T>(IReadOnlyList<T> all, bool[] kept)
    {
        var some = new List<T>();
        for (var i = 0; i < kept.Length; i++)
        {
            if (kept[i])
                some.Add(all[i]);
        }
        return some;
    }

    private readonly record struct Ranked(Part Part, int Place, Worth Worth, long Distance) : IComparable<Ranked>
    {
        public int CompareTo(Ranked other)
        {
            var order = Worth.CompareTo(other.Worth);
            if (order == 0)
                order = Distance.CompareTo(other.Distance);
            if (order == 0)
                order = Part.CompareTo(other.Part);
            return order == 0 ? Place.CompareTo(other.Place) : order;
        }
    }
}
