using System.Buffers;
using System.Text.Json;

namespace Quorate.Checking.Pages.Writing;

/// <summary>
/// The data of a page as JSON: columns of whole numbers, moments as differences in the largest unit that loses nothing, each text once.
/// The encoder writes no character that could end the element that holds it.
/// </summary>
internal sealed class PageData
{
    private readonly RunPage page;
    private readonly PageLimits limits;
    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    private readonly List<string> strings = [];
    private readonly Utf8JsonWriter json;
    private readonly long unit;

    private PageData(RunPage page, PageLimits limits, Utf8JsonWriter json)
    {
        this.page = page;
        this.limits = limits;
        this.json = json;
        unit = UnitOf(page);
    }

    public static byte[] Encode(RunPage page, PageLimits limits)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        using (var json = new Utf8JsonWriter(buffer))
            new PageData(page, limits, json).Write();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The last moment of a page.</summary>
    public static long EndOf(RunPage page)
    {
        var end = page.Focus?.To ?? 0;
        foreach (var moment in Moments(page))
            end = Math.Max(end, moment);
        return end;
    }

    private void Write()
    {
        json.WriteStartObject();
        WriteHead();
        WriteMessages();
        WriteMarks();
        WriteSpans();
        WriteOperations();
        if (page.Witness is { } witness)
            WriteWitness(witness);
        json.WriteStartArray("strings");
        foreach (var text in strings)
            json.WriteStringValue(text);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteHead()
    {
        var focus = PageSelection.FocusOf(page);
        json.WriteString("title", Short(page.Title));
        json.WriteString("verdict", page.Verdict.ToString().ToLowerInvariant());
        json.WriteString("violation", Cut(page.Violation, limits.ViolationMax));
        json.WriteString("replay", Cut(page.Replay, 2_000));
        json.WriteString("axis", page.Axis == PageAxis.Time ? "time" : "steps");
        json.WriteNumber("unit", unit);
        json.WriteNumber("end", EndOf(page) / unit);
        Numbers("focus", [focus.From / unit, focus.To / unit]);
        json.WriteStartArray("facts");
        foreach (var fact in page.Facts)
        {
            json.WriteStringValue(Short(fact.Name));
            json.WriteStringValue(Short(fact.Value));
        }
        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in page.Notes)
            json.WriteStringValue(Cut(note, 1_000));
        json.WriteEndArray();
        json.WriteStartArray("lanes");
        foreach (var lane in page.Lanes)
        {
            json.WriteStringValue(Short(lane.Name));
            json.WriteNumberValue((int)lane.Kind);
        }
        json.WriteEndArray();
    }

    private void WriteMessages()
    {
        var all = page.Messages.OrderBy(m => m.Sent).ToArray();
        json.WriteStartObject("messages");
        Numbers("from", all.Select(m => (long)m.From));
        Numbers("to", all.Select(m => (long)m.To));
        Moments("sent", all.Select(m => m.Sent));
        Numbers("took", all.Select(m => (m.Ended - m.Sent) / unit));
        Numbers("what", all.Select(m => (long)m.Fate | (m.IsRoutine ? 8L : 0) | (m.IsCopy ? 16L : 0) | (m.IsHeld ? 32L : 0)));
        Texts("label", all.Select(m => m.Label));
        Texts("detail", all.Select(m => m.Detail));
        json.WriteEndObject();
    }

    private void WriteMarks()
    {
        var all = page.Marks.OrderBy(m => m.At).ToArray();
        json.WriteStartObject("marks");
        Numbers("lane", all.Select(m => (long)m.Lane));
        Moments("at", all.Select(m => m.At));
        Numbers("kind", all.Select(m => (long)m.Kind));
        Texts("label", all.Select(m => m.Label));
        Texts("detail", all.Select(m => m.Detail));
        json.WriteEndObject();
    }

    private void WriteSpans()
    {
        var all = page.Spans.OrderBy(s => s.From).ToArray();
        json.WriteStartObject("spans");
        Numbers("lane", all.Select(s => (long)s.Lane));
        Moments("from", all.Select(s => s.From));
        Numbers("took", all.Select(s => (s.To - s.From) / unit));
        Numbers("kind", all.Select(s => (long)s.Kind));
        Texts("label", all.Select(s => s.Label));
        Texts("detail", all.Select(s => s.Detail));
        json.WriteEndObject();
    }

    // In their own order, which the witness refers to.
    private void WriteOperations()
    {
        var all = page.Operations;
        json.WriteStartObject("operations");
        Numbers("lane", all.Select(o => (long)o.Lane));
        Moments("invoked", all.Select(o => o.Invoked));
        Numbers("took", all.Select(o => o.Ended is { } ended ? (ended - o.Invoked) / unit : -1));
        Numbers("outcome", all.Select(o => (long)o.Outcome));
        Texts("process", all.Select(o => o.Process));
        Texts("label", all.Select(o => o.Label));
        Texts("detail", all.Select(o => o.Detail));
        Numbers("keyCount", all.Select(o => (long)o.Keys.Count));
        Texts("keys", all.SelectMany(o => o.Keys));
        json.WriteEndObject();
    }

    private void WriteWitness(PageWitness witness)
    {
        json.WriteStartObject("witness");
        json.WriteString("title", Short(witness.Title));
        json.WriteString("start", Short(witness.Start));
        json.WriteString("end", Short(witness.End));
        Numbers("operations", witness.Operations.Select(o => (long)o));
        Numbers("order", witness.Order.Select(p => (long)p.Operation));
        Numbers("moments", witness.Order.Select(p => p.At / unit));
        json.WriteNumber("stuck", witness.Stuck ?? -1);
        Numbers("edgeFrom", witness.Edges.Select(e => (long)e.From));
        Numbers("edgeTo", witness.Edges.Select(e => (long)e.To));
        Texts("edgeLabel", witness.Edges.Select(e => e.Label));
        Texts("edgeDetail", witness.Edges.Select(e => e.Detail));
        json.WriteEndObject();
    }

    private void Numbers(string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private void Moments(string name, IEnumerable<long> moments)
    {
        var last = 0L;
        json.WriteStartArray(name);
        foreach (var moment in moments)
        {
            json.WriteNumberValue(moment / unit - last);
            last = moment / unit;
        }
        json.WriteEndArray();
    }

    private void Texts(string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteNumberValue(PlaceOf(Short(text)));
        json.WriteEndArray();
    }

    private int PlaceOf(string text)
    {
        if (places.TryGetValue(text, out var place))
            return place;
        places.Add(text, strings.Count);
        strings.Add(text);
        return strings.Count - 1;
    }

    private string Short(string text) => Cut(text, limits.TextMax);

    private static string Cut(string text, int max) => text.Length <= max ? text : $"{text[..(max - 1)]}…";

    private static long UnitOf(RunPage page)
    {
        if (page.Axis == PageAxis.Steps)
            return 1;
        var unit = 0L;
        foreach (var moment in Moments(page))
        {
            for (var rest = Math.Abs(moment); rest != 0;)
                (unit, rest) = (rest, unit % rest);
            if (unit == 1)
                break;
        }
        return Math.Max(unit, 1);
    }

    private static IEnumerable<long> Moments(RunPage page) => page.Messages.SelectMany(m => (long[])[m.Sent, m.Ended])
        .Concat(page.Marks.Select(m => m.At))
        .Concat(page.Spans.SelectMany(s => (long[])[s.From, s.To]))
        .Concat(page.Operations.SelectMany(o => (long[])[o.Invoked, o.Ended ?? o.Invoked]))
        .Concat(page.Witness?.Order.Select(p => p.At) ?? []);
}
