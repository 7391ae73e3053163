using Quorate.Checking.Histories;

namespace Quorate.Checking.Pages.Witnesses;

/// <summary>How the events of a history become lanes and bars.</summary>
public sealed record HistoryDrawingOptions
{
    /// <summary>The place of the first lane on the page, after those that are there already. Default 0.</summary>
    public int FirstLane { get; init; }

    /// <summary>Added to the time of each event, in nanoseconds; null where the first event is time zero.</summary>
    public long? Origin { get; init; }

    /// <summary>Whose process it is: processes of one client share a lane. Null where each process is its own client.</summary>
    public Func<long, long>? ClientOf { get; init; }

    /// <summary>The most lanes; with more clients, those that never overlap share one. Default 24.</summary>
    public int LanesMax { get; init; } = 24;
}

/// <summary>A history drawn: a lane for each client, a bar for each operation.</summary>
/// <remarks>
/// Guarantee: every operation of the history is there, in the order of the invocations. Where every event has a time, moments are times;
/// else they are places in the history.
/// Cost: linear in the history.
/// Fails when: never; events that belong to no operation are passed over.
/// </remarks>
public sealed class HistoryDrawing
{
    private readonly Dictionary<int, int> byInvocation = [];
    private readonly List<PageOperation> operations = [];
    private readonly List<PageLane> lanes = [];
    private readonly HistoryDrawingOptions options;

    private HistoryDrawing(HistoryDrawingOptions options) => this.options = options;

    /// <summary>The clients' lanes.</summary>
    public IReadOnlyList<PageLane> Lanes => lanes;

    /// <summary>The operations, in the order of their invocations.</summary>
    public IReadOnlyList<PageOperation> Operations => operations;

    /// <summary>What the moments count.</summary>
    public PageAxis Axis { get; private set; }

    /// <summary>Draws a history.</summary>
    /// <param name="events">Its events, in their order.</param>
    /// <param name="options">How; null for the defaults.</param>
    public static HistoryDrawing Of(IReadOnlyList<HistoryEvent> events, HistoryDrawingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(events);
        var drawing = new HistoryDrawing(options ?? new HistoryDrawingOptions());
        drawing.Draw(events);
        return drawing;
    }

    /// <summary>The place of an operation among the drawn ones, or null when it is not of this history.</summary>
    /// <param name="operation">The operation.</param>
    public int? PlaceOf(HistoryOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return byInvocation.TryGetValue(operation.Invoked, out var place) ? place : null;
    }

    private void Draw(IReadOnlyList<HistoryEvent> events)
    {
        var moments = MomentsOf(events);
        var open = new Dictionary<long, (HistoryEvent Event, int Place)>();
        var begun = new List<(HistoryEvent Event, int Place)>();
        var ends = new Dictionary<int, (HistoryEvent Event, int Place)>();
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            if (e.Type == HistoryEventType.Invoke)
            {
                open[e.Process] = (e, i);
                begun.Add((e, i));
            }
            else if (open.Remove(e.Process, out var invoked))
                ends[invoked.Place] = (e, i);
        }
        var laneOf = new ClientLanes(options, begun.Select(b => (b.Event.Process, moments[b.Place],
            ends.TryGetValue(b.Place, out var end) ? moments[end.Place] : moments[b.Place])));
        lanes.AddRange(laneOf.Lanes);
        foreach (var (e, place) in begun)
        {
            HistoryEvent? end = ends.TryGetValue(place, out var found) ? found.Event : null;
            byInvocation.Add(place, operations.Count);
            operations.Add(new PageOperation(
                options.FirstLane + laneOf[e.Process],
                moments[place],
                end is null ? null : moments[found.Place],
                OutcomeOf(end),
                OperationText.Label(e, end),
                OperationText.Detail(e, end))
            {
                Process = FormattableString.Invariant($"{e.Process}"),
                Keys = OperationText.Keys(e),
            });
        }
    }

    private static HistoryOutcome OutcomeOf(HistoryEvent? end) => end?.Type switch
    {
        HistoryEventType.Ok => HistoryOutcome.Ok,
        HistoryEventType.Fail => HistoryOutcome.Fail,
        _ => HistoryOutcome.Unknown,
    };

    // The order of the events is what counts: a time that goes back is taken for the one before it.
    private long[] MomentsOf(IReadOnlyList<HistoryEvent> events)
    {
        var timed = events.Count > 0 && events.All(e => e.Time is not null);
        Axis = timed ? PageAxis.Time : PageAxis.Steps;
        var moments = new long[events.Count];
        var origin = timed ? options.Origin ?? -events[0].Time!.Value : 0;
        for (var i = 0; i < moments.Length; i++)
        {
            var moment = timed ? events[i].Time!.Value + origin : i;
            moments[i] = Math.Max(moment, i == 0 ? 0 : moments[i - 1]);
        }
        return moments;
    }
}
