using Quorate.Client.Translation;
using Quorate.Services.Coordination;

namespace Quorate.Client.Watches;

/// <summary>Turns a stream's answers into the service's messages, with the events of a revision together.</summary>
internal sealed class WatchAnswers
{
    // By watch: events of a revision that may go on in the next part.
    private readonly Dictionary<long, List<WatchEvent>> restById = [];
    private long toldMax;

    /// <summary>The messages of an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <returns>Null where it is the first part of a revision that goes on.</returns>
    public WatchMessage? Take(Wire.WatchResponse answer)
    {
        var header = WireResponses.From(answer.Header);
        if (answer.Created || answer.Canceled)
        {
            restById.Remove(answer.WatchId);
            return new WatchMessage(
                answer.Created ? WatchMessageKind.Created : WatchMessageKind.Canceled, header, answer.WatchId, [], answer.CompactRevision,
                answer.CancelReason.Length == 0 ? null : answer.CancelReason, answer.Canceled);
        }

        if (answer.Events.Count > 0 || answer.Fragment || restById.TryGetValue(answer.WatchId, out var open) && open.Count > 0)
            return Events(answer, header);

        // An answer to a request for progress proves that the stream lives, and no more: etcd up to 3.4.24 and 3.5.7 sends it past events
        // that are still queued (etcd issue 15220). What it tells by itself, for one watch, is in order with the events.
        return new WatchMessage(
            WatchMessageKind.Progress, answer.WatchId < 0 ? header with { Revision = toldMax } : header, answer.WatchId, []);
    }

    private WatchMessage? Events(Wire.WatchResponse answer, ResponseHeader header)
    {
        if (!restById.TryGetValue(answer.WatchId, out var rest))
            restById.Add(answer.WatchId, rest = []);
        List<WatchEvent> events = [.. rest, .. answer.Events.Select(WireResponses.From)];
        rest.Clear();
        if (answer.Fragment && events.Count > 0)
        {
            var last = events[^1].KeyValue.ModRevision;
            rest.AddRange(events.Where(e => e.KeyValue.ModRevision == last));
            events.RemoveAll(e => e.KeyValue.ModRevision == last);
        }

        if (events.Count == 0)
            return null;
        toldMax = Math.Max(toldMax, events[^1].KeyValue.ModRevision);
        return new WatchMessage(WatchMessageKind.Events, header, answer.WatchId, events);
    }
}
