using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;

namespace Quorate.Scenarios.Golden;

/// <summary>The servers of a golden trace, and the messages between them, which stay until the scenario delivers or drops them.</summary>
internal sealed class TraceCluster
{
    /// <summary>How many bytes of a snapshot one message carries.</summary>
    public const int ChunkBytes = 4;
    private const int DeliveriesMax = 10_000;

    private readonly List<(NodeId From, NodeId To, RaftMessage Message)> network = [];
    private readonly List<TraceLink> cuts = [];
    private readonly SortedDictionary<ulong, TraceServer> servers = [];
    private readonly List<string> lines;

    public TraceCluster(RaftOptions options, List<string> lines)
    {
        Options = options;
        this.lines = lines;
    }

    public RaftOptions Options { get; }

    public TimeSpan Now { get; private set; }

    public IEnumerable<TraceServer> Servers => servers.Values;

    public TraceServer Add(NodeId id, TraceDisk disk) => servers[id.Value] = new TraceServer(id, this, disk);

    public TraceServer At(NodeId id) =>
        servers.TryGetValue(id.Value, out var server) ? server : throw new FormatException($"There is no server {TraceText.Of(id)}.");

    public void Say(string line) => lines.Add(line);

    public void Wait(TimeSpan time) => Now += time;

    /// <summary>Takes a message; false when the link is cut.</summary>
    public bool Post(NodeId from, NodeId to, RaftMessage message)
    {
        if (cuts.Exists(c => c.Matches(from, to)))
            return false;
        network.Add((from, to, message));
        return true;
    }

    public void Cut(TraceLink link) => cuts.Add(link);

    public void Heal() => cuts.Clear();

    /// <summary>Delivers all that is and comes to be under way.</summary>
    public void DeliverAll()
    {
        for (var left = DeliveriesMax; network.Count > 0; left--)
        {
            if (left == 0)
                throw new FormatException($"{DeliveriesMax} messages were delivered, and more come.");
            Deliver(0);
        }
    }

    /// <summary>Delivers what is under way on a link now.</summary>
    public void Deliver(TraceLink link)
    {
        foreach (var message in network.Where(m => link.Matches(m.From, m.To)).ToArray())
            Deliver(network.IndexOf(message));
    }

    /// <summary>Loses what is under way on a link.</summary>
    public void Drop(TraceLink link)
    {
        foreach (var message in network.Where(m => link.Matches(m.From, m.To)).ToArray())
        {
            network.Remove(message);
            Say($"lost {TraceText.Of(message.From)} > {TraceText.Of(message.To)}: {TraceText.Of(message.Message)}");
        }
    }

    private void Deliver(int place)
    {
        var (from, to, message) = network[place];
        network.RemoveAt(place);
        if (At(to).IsUp)
            At(to).Step(new Received(from, message), $"{TraceText.Of(from)}: {TraceText.Of(message)}");
        else
            Say($"{TraceText.Of(to)} is down, lost {TraceText.Of(from)}: {TraceText.Of(message)}");
    }
}
