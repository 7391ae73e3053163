using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;
using Quorate.Protocols.Raft.Replication;

namespace Quorate.Tests.Protocols.Raft;

/// <summary>A cluster in which everything that can go wrong does, in an order drawn from a seed, and figure 3's properties are checked at
/// each step.</summary>
internal sealed class RandomCluster
{
    private readonly List<(NodeId From, NodeId To, byte[] Bytes)> network = [];
    private readonly Dictionary<long, NodeId> leaderOfTerm = [];
    private readonly Dictionary<ulong, long> committedAtRead = [];
    private readonly List<(long Term, EntryKind Kind, string Payload)> committed = [];
    private readonly ByteWriter writer = new();
    private readonly RaftOptions options;
    private ulong nextRequest = 1;

    public RandomCluster(int seed, int servers, RaftOptions? options = null)
    {
        Random = new Random(seed);
        this.options = options ?? new RaftOptions
        {
            AppendEntriesMax = 3,
            InflightMessagesMax = 3,
            InflightBytesMax = 40,
            LeaseReads = true,
            UncommittedBytesMax = 400,
        };
        var ids = Enumerable.Range(1, servers).Select(i => new NodeId((ulong)i)).ToArray();
        var founders = new Configuration(ids.Take(Math.Min(servers, 3)));
        Servers = [.. ids.Select(id => new RandomServer(id, this, this.options, founders.IsMember(id) ? founders : Configuration.Empty))];
        foreach (var server in Servers)
            server.Start();
    }

    public Random Random { get; }

    public RandomServer[] Servers { get; }

    public TimeSpan Now { get; private set; }

    public long Committed => committed.Count;

    public Dictionary<string, int> Seen { get; } = [];

    /// <summary>Something random happens.</summary>
    public void Act(bool faults)
    {
        var choice = Random.Next(1000);
        var server = Servers[Random.Next(Servers.Length)];
        switch (choice)
        {
            case < 550:
                Deliver(faults);
                break;
            case < 750:
                Alive(server)?.CompleteWrites(Random.Next(1, 4));
                break;
            case < 880:
                Tick();
                break;
            case < 940:
                Ask(Leader() ?? server);
                break;
            case < 950:
                Alive(server)?.TakeSnapshot();
                break;
            case < 956 when faults:
                Alive(server)?.Crash(Random.Next(3));
                break;
            case < 958 when faults:
                Alive(server)?.Step(new PeerReset(Servers[Random.Next(Servers.Length)].Id));
                break;
            case < 960 when faults:
                Alive(server)?.Step(new PeerGone(Servers[Random.Next(Servers.Length)].Id)); // True or not.
                break;
            default:
                if (server.Core is null)
                    server.Start();
                break;
        }
    }

    /// <summary>Lets every server run, without faults, until all have the same commit index; false when they do not get there.</summary>
    public bool Heal(int actsMax)
    {
        var goal = Committed + 5;
        for (var i = 0; i < actsMax; i++)
        {
            Act(faults: false);
            if (i % 200 == 199)
                Leader()?.Step(new Propose(nextRequest++, [new byte[] { 1 }]));
            if (Committed >= goal && Leader() is { } leader && leader.Core!.Configuration.Members.All(
                m => Servers.Single(s => s.Id == m).Core is { } core && core.CommitIndex >= goal))
                return true;
        }

        return false;
    }

    public string Describe() =>
        $"{committed.Count} committed, {network.Count} messages; " + string.Join("; ", Servers.Select(s => Describe(s.Id, s.Core)));

    public void Send(NodeId from, NodeId to, RaftMessage message)
    {
        writer.Clear();
        RaftCodec.Write(message, writer);
        network.Add((from, to, writer.ToArray()));
        Count(message.GetType().Name);
    }

    public void Answered(RandomServer server, ulong request, RaftReply reply)
    {
        Count(reply.GetType().Name);
        if (reply is RaftReply.ReadAt read)
            Assert.True(read.Index >= committedAtRead[request], $"a read at {read.Index} misses {committedAtRead[request]}");
    }

    public void Check(RandomServer server)
    {
        var core = server.Core!;
        if (core.Role == RaftRole.Leader)
        {
            Assert.Equal(server.Id, leaderOfTerm.GetValueOrDefault(core.Term, server.Id));
            if (leaderOfTerm.TryAdd(core.Term, server.Id))
                CheckCompleteness(core);
        }

        for (var index = Math.Max(core.FirstIndex, Math.Min(committed.Count + 1, core.CommitIndex - 8)); index <= core.CommitIndex; index++)
        {
            var entry = core.EntryAt(index);
            var form = (entry.Term, entry.Kind, Convert.ToHexString(entry.Payload.Span));
            Assert.True(index <= committed.Count + 1, "a commit skips entries");
            if (index == committed.Count + 1)
                committed.Add(form);
            else
                Assert.Equal(committed[(int)index - 1], form);
        }

        if (core.TryReadFromLease(Now, out var lease))
        {
            Count("Lease");
            Assert.True(lease >= committed.Count, "a lease read misses a committed entry");
        }

        foreach (var progress in core.Progress)
            Assert.True(progress.State != ReplicationState.Replicate || progress.Match < progress.Next);
    }

    private static RandomServer? Alive(RandomServer server) => server.Core is null ? null : server;

    private RandomServer? Leader() => Servers.Where(s => s.Core?.Role == RaftRole.Leader).MaxBy(s => s.Core!.Term);

    private void CheckCompleteness(RaftCore core)
    {
        Count("Elected");
        Assert.True(core.LastIndex >= committed.Count, "a leader lacks a committed entry");
        for (var index = core.FirstIndex; index <= committed.Count; index++)
            Assert.Equal(committed[(int)index - 1].Term, core.EntryAt(index).Term);
    }

    private void Deliver(bool faults)
    {
        if (network.Count == 0)
            return;
        // Mostly the oldest messages, now and then any.
        var at = Random.Next(faults && Random.Next(4) == 0 ? network.Count : Math.Min(network.Count, 3));
        var (from, to, bytes) = network[at];
        if (!faults || Random.Next(20) > 0)
            network.RemoveAt(at);
        if (network.Count > 300)
            network.RemoveRange(0, 100);
        if (faults && Random.Next(12) == 0)
            return;
        Alive(Servers.Single(s => s.Id == to))?.Step(new Received(from, RaftCodec.Read(bytes)));
    }

    private void Tick()
    {
        Now += TimeSpan.FromMilliseconds(Random.Next(60));
        foreach (var server in Servers)
        {
            foreach (var timer in new[] { RaftTimer.Election, RaftTimer.Heartbeat })
            {
                if (server.Core is not null && server.Timers.TryGetValue(timer, out var due) && due <= Now && server.Timers.Remove(timer))
                    server.Step(new TimerFired(timer));
            }
        }
    }

    private void Ask(RandomServer server)
    {
        if (server.Core is null)
            return;
        var request = nextRequest++;
        var kind = Random.Next(100);
        committedAtRead[request] = committed.Count;
        if (kind < 60)
        {
            ReadOnlyMemory<byte> payload = BitConverter.GetBytes(request);
            server.Step(new Propose(request, [.. Enumerable.Repeat(payload, Random.Next(1, 6))]));
        }
        else if (kind < 90)
            server.Step(new ReadIndex(request));
        else if (kind < 95)
            server.Step(new TransferLeadership(request, Servers[Random.Next(Servers.Length)].Id));
        else
            server.Step(new ChangeConfiguration(request, RandomConfiguration()));
    }

    private Configuration RandomConfiguration()
    {
        var shuffled = Servers.Select(s => s.Id).OrderBy(_ => Random.Next()).ToArray();
        var voters = Random.Next(1, shuffled.Length + 1);
        return new Configuration(shuffled.Take(voters), null, shuffled.Skip(voters).Take(Random.Next(2)));
    }

    private void Count(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;

    private static string Describe(NodeId id, RaftCore? core) => core is null
        ? $"{id} down"
        : $"{id} {core.Role} term {core.Term} leader {core.Leader} commit {core.CommitIndex} log {core.FirstIndex}..{core.LastIndex} "
            + $"{core.Configuration} restoring {core.IsRestoring} [{string.Join(", ", core.Progress)}]";
}
