using System.Globalization;
using System.Text;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;

namespace Quorate.Scenarios.Golden;

/// <summary>Runs a scenario: a command a line, behind each its trace, indented. Lines that begin with # are comments.</summary>
internal sealed class TraceScript
{
    private const string Indent = "    ";
    private readonly Dictionary<string, Action<string[]>> commands;
    private readonly Dictionary<NodeId, string> logs = [];
    private readonly List<string> trace = [];
    private RaftOptions options = new();
    private TraceCluster? cluster;
    private ulong requests;

    private TraceScript() => commands = new Dictionary<string, Action<string[]>>
    {
        ["log"] = a => logs[TraceLink.Node(a[0])] = string.Join(' ', a[1..]),
        ["batch"] = a => options = options with { AppendEntriesMax = int.Parse(a[0], CultureInfo.InvariantCulture) },
        ["cluster"] = Begin,
        ["wait"] = a => Cluster.Wait(TimeSpan.FromMilliseconds(int.Parse(a[0], CultureInfo.InvariantCulture))),
        ["fire"] = a => Server(a).Step(new TimerFired(Enum.Parse<RaftTimer>(a[1])), $"timer {a[1]}"),
        ["timeout"] = TimeOut,
        ["elect"] = Elect,
        ["heartbeat"] = a => Server(a).Step(new TimerFired(RaftTimer.Heartbeat), "timer Heartbeat"),
        ["propose"] = a => Ask(a, id => new Propose(id, [.. a[1..].Select(Payload)]), "propose"),
        ["read"] = a => Ask(a, id => new ReadIndex(id), "read"),
        ["transfer"] = a => Ask(a, id => new TransferLeadership(id, TraceLink.Node(a[1])), "transfer leadership to"),
        ["change"] = a => Ask(a, id => new ChangeConfiguration(id, Target(a[1..])), "change to"),
        ["deliver"] = Deliver,
        ["drop"] = a => Cluster.Drop(TraceLink.Parse(a[0])),
        ["cut"] = a => Array.ForEach(a, link => Cluster.Cut(TraceLink.Parse(link))),
        ["heal"] = _ => Cluster.Heal(),
        ["crash"] = a => Server(a).Crash(),
        ["restart"] = a => Server(a).Start(),
        ["slow"] = a => Server(a).SlowDisk = true,
        ["persist"] = a => Server(a).CompleteWrite(),
        ["snapshot"] = a => Server(a).TakeSnapshot(),
        ["reset"] = a => Server(a).Step(new PeerReset(TraceLink.Node(a[1])), $"link to {a[1]} broke"),
        ["gone"] = a => Server(a).Step(new PeerGone(TraceLink.Node(a[1])), $"the process of {a[1]} is gone"),
        ["show"] = a => Server(a).Show(),
    };

    private TraceCluster Cluster => cluster ?? throw new FormatException("The first command is 'cluster'.");

    /// <summary>The scenario with its trace written anew.</summary>
    public static string Run(string scenario)
    {
        var script = new TraceScript();
        var output = new StringBuilder();
        foreach (var line in scenario.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith(Indent, StringComparison.Ordinal))
                continue;
            output.Append(line).Append('\n');
            script.Do(line);
            foreach (var said in script.trace)
                output.Append(Indent).Append(said).Append('\n');
            script.trace.Clear();
        }

        return output.ToString();
    }

    private void Do(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words[0].StartsWith('#'))
            return;
        if (!commands.TryGetValue(words[0], out var command))
            throw new FormatException($"'{line}': the commands are {string.Join(", ", commands.Keys.Order(StringComparer.Ordinal))}.");
        try
        {
            command(words[1..]);
        }
        catch (IndexOutOfRangeException)
        {
            throw new FormatException($"'{line}': a word is missing.");
        }
    }

    // cluster 3, or cluster 3 of 4: the fourth runs and is no member yet.
    private void Begin(string[] arguments)
    {
        var voters = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        var all = arguments.Length > 1 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : voters;
        cluster = new TraceCluster(options, trace);
        var founders = new Configuration(Enumerable.Range(1, voters).Select(i => new NodeId((ulong)i)));
        for (var i = 1; i <= all; i++)
        {
            var id = new NodeId((ulong)i);
            var disk = new TraceDisk(i <= voters ? founders : Configuration.Empty);
            Fill(disk, logs.GetValueOrDefault(id, ""));
            cluster.Add(id, disk).Start();
        }
    }

    // The terms of a log as in the paper's figures, and behind a slash the server's term where it is another than the last entry's.
    private static void Fill(TraceDisk disk, string text)
    {
        var parts = text.Split('/', StringSplitOptions.TrimEntries);
        foreach (var term in parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse))
        {
            var index = disk.Entries.Count + 1;
            disk.Entries.Add(new Entry(term, index, EntryKind.Command, Encoding.UTF8.GetBytes($"x{index}t{term}")));
        }

        var last = disk.Entries.Count > 0 ? disk.Entries[^1].Term : 0;
        disk.HardState = new HardState(parts.Length > 1 ? long.Parse(parts[1], CultureInfo.InvariantCulture) : last, NodeId.None);
    }

    // So long that no server still counts as hearing a leader.
    private void TimeOut(string[] arguments)
    {
        Cluster.Wait(Cluster.Options.ElectionTimeout * 2);
        Server(arguments).Step(new TimerFired(RaftTimer.Election), "timer Election");
    }

    private void Elect(string[] arguments)
    {
        TimeOut(arguments);
        Cluster.DeliverAll();
        if (Server(arguments).Core.Role != RaftRole.Leader)
            throw new FormatException($"{arguments[0]} was not elected.");
    }

    private void Deliver(string[] arguments)
    {
        if (arguments.Length == 0)
            Cluster.DeliverAll();
        foreach (var link in arguments)
            Cluster.Deliver(TraceLink.Parse(link));
    }

    private void Ask(string[] arguments, Func<ulong, RaftInput> input, string shown)
    {
        requests++;
        Server(arguments).Step(input(requests), $"request {requests}: {string.Join(' ', arguments[1..].Prepend(shown))}");
    }

    private static ReadOnlyMemory<byte> Payload(string text) => Encoding.UTF8.GetBytes(text);

    private static Configuration Target(string[] parts)
    {
        IEnumerable<NodeId> Of(string key) => parts.Where(p => p.StartsWith(key + '=', StringComparison.Ordinal))
            .SelectMany(p => p[(key.Length + 1)..].Split(',')).Select(TraceLink.Node);
        return new Configuration(Of("voters"), null, Of("learners"));
    }

    private TraceServer Server(string[] arguments) => Cluster.At(TraceLink.Node(arguments[0]));
}
