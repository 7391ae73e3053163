namespace Quorate.Checking.Pages.Witnesses;

/// <summary>Which lane each process is drawn on.</summary>
internal sealed class ClientLanes
{
    private readonly Dictionary<long, int> lanes = [];
    private readonly Func<long, long> clientOf;

    public ClientLanes(HistoryDrawingOptions options, IEnumerable<(long Process, long From, long To)> operations)
    {
        clientOf = options.ClientOf ?? (process => process);
        var clients = new SortedDictionary<long, (long From, long To)>();
        foreach (var (process, from, to) in operations)
        {
            var client = clientOf(process);
            clients[client] = clients.TryGetValue(client, out var known) ? (known.From, Math.Max(known.To, to)) : (from, to);
        }
        if (clients.Count <= options.LanesMax)
            GiveEachItsOwn(clients.Keys, options.ClientOf is null ? "process" : "client");
        else
            Share(clients, options.LanesMax);
    }

    public List<PageLane> Lanes { get; } = [];

    public int this[long process] => lanes[clientOf(process)];

    private void GiveEachItsOwn(IEnumerable<long> clients, string word)
    {
        foreach (var client in clients)
        {
            lanes.Add(client, Lanes.Count);
            Lanes.Add(new PageLane(FormattableString.Invariant($"{word} {client}"), LaneKind.Client));
        }
    }

    // A client that crashed goes on under a new number, so that numbers are many and few of them live at once.
    private void Share(SortedDictionary<long, (long From, long To)> clients, int lanesMax)
    {
        var free = new List<long>();
        foreach (var (client, (from, to)) in clients.OrderBy(c => c.Value.From).ThenBy(c => c.Key))
        {
            var lane = free.FindIndex(until => until <= from);
            if (lane < 0 && free.Count < lanesMax)
            {
                lane = free.Count;
                free.Add(0);
                Lanes.Add(new PageLane(FormattableString.Invariant($"client {lane + 1}"), LaneKind.Client));
            }
            else if (lane < 0)
                lane = free.IndexOf(free.Min());
            free[lane] = Math.Max(free[lane], to);
            lanes.Add(client, lane);
        }
    }
}
