using Quorate.Checking.Findings;

namespace Quorate.Checking.Sessions;

/// <summary>Looks for reads that are older than what their session has a right to (Terry et al. 1994).</summary>
internal sealed class SessionGuarantees
{
    public const string ReadYourWrites = "read-your-writes";
    public const string MonotonicReads = "monotonic-reads";
    public const string MonotonicWrites = "monotonic-writes";
    public const string WritesFollowReads = "writes-follow-reads";
    private readonly SessionHistory history;
    private readonly FindingList findings;
    private readonly CheckBudget budget;
    private readonly Dictionary<(int Session, int Key), List<int>> readsByKey = [];

    public SessionGuarantees(SessionHistory history, FindingList findings, CheckBudget budget)
    {
        this.history = history;
        this.findings = findings;
        this.budget = budget;
    }

    public void Check()
    {
        var sessions = history.Operations.Select((o, i) => (o.Session, Place: i)).GroupBy(o => o.Session).ToArray();
        for (var i = 0; i < history.Operations.Count; i++)
            if (history.Operations[i] is { IsWrite: false, Source: >= 0 } read)
            {
                if (!readsByKey.TryGetValue((read.Session, read.Key), out var reads))
                    readsByKey.Add((read.Session, read.Key), reads = []);
                reads.Add(i);
            }
        foreach (var session in sessions)
            CheckSession(session.Select(o => o.Place).ToArray());
    }

    private void CheckSession(int[] places)
    {
        var reads = new Dictionary<int, (int Last, Dictionary<int, int> Seen)>();
        // How far into each other session the reads so far have shown, and the read that showed it.
        var frontier = new SortedDictionary<int, (int Length, int Read)>();
        foreach (var place in places)
        {
            var read = history.Operations[place];
            if (read.IsWrite || read.Source == SessionHistory.Nowhere)
                continue;
            OwnWrites(place, read);
            Monotonic(place, read, reads);
            foreach (var (session, (length, shownBy)) in frontier)
            {
                if (!budget.TryTake())
                    return;
                Shown(MonotonicWrites, place, history.LastWrite(session, read.Key, length - 1), shownBy, -1);
                var earlier = LastRead(session, read.Key, length);
                if (earlier >= 0)
                    Shown(WritesFollowReads, place, history.Operations[earlier].Source, shownBy, earlier);
            }
            if (read.Source < 0)
                continue;
            var source = history.Operations[read.Source];
            if (!frontier.TryGetValue(source.Session, out var known) || known.Length <= source.Place)
                frontier[source.Session] = (source.Place + 1, place);
        }
    }

    private void OwnWrites(int place, SessionOperation read)
    {
        var own = history.LastWrite(read.Session, read.Key, read.Place);
        if (own >= 0 && IsOlder(read.Source, own))
            Add(ReadYourWrites, "a session wrote, and then read an older version", own, read.Source, place);
    }

    private void Monotonic(int place, SessionOperation read, Dictionary<int, (int Last, Dictionary<int, int> Seen)> reads)
    {
        if (!reads.TryGetValue(read.Key, out var before))
            before = (-1, []);
        if (before.Last >= 0)
        {
            var last = history.Operations[before.Last];
            if (last.Source != read.Source && before.Seen.TryGetValue(read.Source, out var first))
                Add(MonotonicReads, "a session read a version, then another, and then the first again", first, before.Last, place);
            else if (last.Source >= 0 && IsOlder(read.Source, last.Source))
                Add(MonotonicReads, "a session read a version, and then an older one", last.Source, before.Last, read.Source, place);
        }
        before.Seen.TryAdd(read.Source, place);
        reads[read.Key] = (place, before.Seen);
    }

    // The read that showed a write shows all that this write came after.
    private void Shown(string name, int place, int version, int shownBy, int earlierRead)
    {
        var read = history.Operations[place];
        if (version < 0 || !IsOlder(read.Source, version))
            return;
        var text = name == MonotonicWrites
            ? "a session saw a write, and then not what the writer had written before it"
            : "a session saw a write, and then not what the writer had read before it";
        Add(name, text, version, earlierRead, history.Operations[shownBy].Source, shownBy, read.Source, place);
    }

    /// <summary>The last read of a key among the first operations of a session that saw a write, or -1.</summary>
    private int LastRead(int session, int key, int length)
    {
        if (!readsByKey.TryGetValue((session, key), out var reads))
            return -1;
        var (low, high) = (0, reads.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = history.Operations[reads[middle]].Place < length ? (middle + 1, high) : (low, middle);
        }
        return low == 0 ? -1 : reads[low - 1];
    }

    /// <summary>Whether a version is surely older than another: it is nil, or its own session wrote the other later.</summary>
    private bool IsOlder(int source, int than)
    {
        if (source == than || source == SessionHistory.Nowhere)
            return false;
        if (source == SessionHistory.Initial)
            return true;
        var (a, b) = (history.Operations[source], history.Operations[than]);
        return a.Session == b.Session && a.Place < b.Place;
    }

    private void Add(string name, string text, params int[] places) => findings.Add(name, () => new Finding(
        name, text, places.Where(p => p >= 0).Select(p => history.Operations[p].Operation).ToArray()));
}
