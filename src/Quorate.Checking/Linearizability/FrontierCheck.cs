using Quorate.Checking.Histories;

namespace Quorate.Checking.Linearizability;

/// <summary>
/// A second check that shares nothing with the search but the specification: it walks the events and keeps every configuration that they
/// allow. Slow and plain on purpose: it confirms witnesses.
/// </summary>
/// <remarks>
/// Source: the linear algorithm of knossos; Lowe, Testing for linearizability, 2017, section 5 (just-in-time linearization).
/// </remarks>
internal sealed class FrontierCheck(HistoryPartition partition, int configurationsMax, long stepsMax = long.MaxValue)
{
    private readonly IReadOnlyList<HistoryOperation> operations = partition.Operations;
    private readonly SortedSet<int> open = [];
    private readonly List<(int Place, int State)> cuts = [];
    private Dictionary<string, Configuration> frontier = [];
    private int knownOpen;
    private long steps;

    /// <summary>
    /// The places between events where no known operation was open and only one state was possible, as far as the check came.
    /// </summary>
    public IReadOnlyList<(int Place, int State)> Cuts => cuts;

    /// <summary>Whether the partition is linearizable; null when there were too many configurations or steps.</summary>
    public bool? Run()
    {
        var start = new Configuration(partition.Specification.Initial, []);
        frontier = new Dictionary<string, Configuration> { [start.Key] = start };
        foreach (var (place, operation, invokes) in Events())
        {
            if (invokes)
            {
                open.Add(operation);
                knownOpen += operations[operation].Outcome == HistoryOutcome.Ok ? 1 : 0;
                continue;
            }
            if (!TryComplete(operation))
                return null;
            if (frontier.Count == 0)
                return false;
            NoteCut(place);
        }
        return true;
    }

    private sealed record Configuration(int State, int[] Done)
    {
        public string Key { get; } = $"{State}:{string.Join(',', Done)}";

        public Configuration With(int operation, int state) => new(state, [.. Done.Append(operation).Order()]);

        public Configuration Without(int operation) => new(State, Done.Where(d => d != operation).ToArray());
    }

    private IEnumerable<(int Place, int Operation, bool Invokes)> Events()
    {
        var events = new List<(int Place, int Operation, bool Invokes)>();
        for (var i = 0; i < operations.Count; i++)
        {
            events.Add((operations[i].Invoked, i, true));
            if (operations[i].Outcome == HistoryOutcome.Ok)
                events.Add((operations[i].Completed, i, false));
        }
        return events.OrderBy(e => e.Place);
    }

    private bool TryComplete(int completed)
    {
        var reached = new Dictionary<string, Configuration>(frontier);
        var work = new Queue<Configuration>(frontier.Values);
        var passed = new Dictionary<string, Configuration>();
        while (work.TryDequeue(out var configuration))
        {
            if (Array.IndexOf(configuration.Done, completed) >= 0)
            {
                var next = configuration.Without(completed);
                passed[next.Key] = next;
                continue;
            }
            foreach (var operation in open)
            {
                var state = Array.IndexOf(configuration.Done, operation) >= 0
                    ? ISequentialSpecification.Rejected
                    : partition.Specification.Apply(configuration.State, operation);
                if (state == ISequentialSpecification.Rejected)
                    continue;
                var next = configuration.With(operation, state);
                if (reached.TryAdd(next.Key, next))
                    work.Enqueue(next);
            }
            steps += open.Count;
            if (reached.Count > configurationsMax || steps > stepsMax)
                return false;
        }
        open.Remove(completed);
        knownOpen--;
        frontier = passed;
        return true;
    }

    private void NoteCut(int place)
    {
        if (knownOpen > 0)
            return;
        var states = frontier.Values.Select(c => c.State).Distinct().Take(2).ToArray();
        if (states.Length == 1)
            cuts.Add((place, states[0]));
    }
}
