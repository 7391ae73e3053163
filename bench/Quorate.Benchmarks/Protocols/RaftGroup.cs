using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;

namespace Quorate.Benchmarks.Protocols;

/// <summary>Raft cores that hand each other their messages in memory; a write is done as soon as it is asked for.</summary>
internal sealed class RaftGroup
{
    private readonly Queue<(NodeId From, NodeId To, RaftMessage Message)> network = new();
    private readonly Server[] servers;

    public RaftGroup(int count)
    {
        var founders = RaftInitialState.Founding(new Configuration(Enumerable.Range(1, count).Select(i => new NodeId((ulong)i))));
        servers = [.. founders.SnapshotConfiguration.Voters.Select(id => new Server(id, network, founders))];
        foreach (var server in servers)
            server.Step(new Started());
        Leader.Step(new TimerFired(RaftTimer.Election), TimeSpan.FromSeconds(10));
        Deliver();
        if (Leader.Core.Role != RaftRole.Leader)
            throw new InvalidOperationException("The first server was not elected.");
    }

    public RaftCore Core => Leader.Core;

    private Server Leader => servers[0];

    public void Propose(Propose proposal)
    {
        Leader.Step(proposal);
        Deliver();
    }

    /// <summary>Drops everyone's log up to what everyone has committed.</summary>
    public void Compact()
    {
        var index = servers.Min(s => s.Core.CommitIndex);
        foreach (var server in servers)
            server.Step(new SnapshotTaken(index));
    }

    private void Deliver()
    {
        while (network.TryDequeue(out var sent))
            servers[(int)sent.To.Value - 1].Step(new Received(sent.From, sent.Message));
    }

    private sealed class Server(NodeId id, Queue<(NodeId From, NodeId To, RaftMessage Message)> network, RaftInitialState initial)
        : IRaftEffects
    {
        private readonly List<(NodeId To, RaftMessage Message)> held = [];
        private long asked;
        private long done;

        public RaftCore Core { get; } = new(id, new RaftOptions(), initial);

        public void Step(RaftInput input, TimeSpan now = default)
        {
            Core.Step(input, now, this);
            while (done < asked)
            {
                done = asked;
                foreach (var (to, message) in held)
                    network.Enqueue((id, to, message));
                held.Clear();
                Core.Step(new Persisted(done), now, this);
            }
        }

        public void Send(NodeId to, RaftMessage message, long afterPersist)
        {
            if (afterPersist > done)
                held.Add((to, message));
            else
                network.Enqueue((id, to, message));
        }

        public void Persist(RaftPersist request) => asked = request.Sequence;

        public void SetTimer(RaftTimer timer, TimeSpan after)
        {
        }

        public void CancelTimer(RaftTimer timer)
        {
        }

        public void Reply(ulong requestId, RaftReply reply)
        {
        }

        public int Choose(int bound) => 0;
    }
}
