using System.Text;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;

namespace Quorate.Tests.Protocols.Raft;

/// <summary>One server on the bench: its peers are the test, its disk is done at once unless <see cref="SlowDisk"/>.</summary>
internal sealed class Bench : IRaftEffects
{
    private readonly List<(NodeId To, RaftMessage Message, long After)> held = [];
    private long persisted;

    public Bench(int voters = 3, HardState hardState = default, string log = "", RaftOptions? options = null, long snapshotIndex = 0)
    {
        var members = new Configuration(Enumerable.Range(1, voters).Select(Id));
        Core = new RaftCore(Id(1), options ?? new RaftOptions(), new RaftInitialState(
            hardState, snapshotIndex, snapshotIndex > 0 ? 1 : 0, members, Entries(snapshotIndex + 1, log)));
        Step(new Started());
    }

    public RaftCore Core { get; }

    public bool SlowDisk { get; set; }

    public TimeSpan Now { get; set; }

    public List<(NodeId To, RaftMessage Message)> Sent { get; } = [];

    public List<RaftPersist> Writes { get; } = [];

    public Dictionary<ulong, RaftReply> Replies { get; } = [];

    public Dictionary<RaftTimer, TimeSpan> Timers { get; } = [];

    public int Chance { get; set; }

    public static NodeId Id(int i) => new((ulong)i);

    /// <summary>Entries with the terms of a text such as "1 1 2".</summary>
    public static Entry[] Entries(long first, string terms) =>
        [.. terms.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((t, i) =>
            new Entry(long.Parse(t), first + i, EntryKind.Command, Encoding.UTF8.GetBytes($"{t}.{first + i}")))];

    /// <summary>The terms of the log, as the constructor takes them.</summary>
    public string Log()
    {
        var count = (int)(Core.LastIndex - Core.FirstIndex + 1);
        return string.Join(' ', Enumerable.Range(0, count).Select(i => Core.TermAt(Core.FirstIndex + i)));
    }

    public Bench Step(RaftInput input)
    {
        Core.Step(input, Now, this);
        while (!SlowDisk && Writes.Count > 0 && Writes[^1].Sequence > persisted)
            CompleteWrites();
        return this;
    }

    public Bench CompleteWrites(long? upTo = null)
    {
        persisted = upTo ?? Writes[^1].Sequence;
        Sent.AddRange(held.Where(h => h.After <= persisted).Select(h => (h.To, h.Message)));
        held.RemoveAll(h => h.After <= persisted);
        Core.Step(new Persisted(persisted), Now, this);
        return this;
    }

    public Bench From(int peer, RaftMessage message) => Step(new Received(Id(peer), message));

    /// <summary>Forgets what was sent so far.</summary>
    public Bench Forget()
    {
        Sent.Clear();
        return this;
    }

    public T Last<T>() where T : RaftMessage => Sent.Select(s => s.Message).OfType<T>().Last();

    public IEnumerable<T> To<T>(int peer) where T : RaftMessage => Sent.Where(s => s.To == Id(peer)).Select(s => s.Message).OfType<T>();

    public bool HasSent<T>() where T : RaftMessage => Sent.Any(s => s.Message is T);

    public Bench Wait(TimeSpan time)
    {
        Now += time;
        return this;
    }

    public Bench TimeOut()
    {
        Now += TimeSpan.FromSeconds(10);
        return Step(new TimerFired(RaftTimer.Election));
    }

    /// <summary>Wins an election with the vote of server 2 (and 3 of five).</summary>
    public Bench Elect()
    {
        TimeOut();
        var needed = Core.Configuration.Voters.Count / 2;
        for (var i = 2; i < 2 + needed; i++)
            From(i, new PreVoteReply(Core.Term + 1, true));
        for (var i = 2; i < 2 + needed; i++)
            From(i, new VoteReply(Core.Term, true));
        Assert.Equal(RaftRole.Leader, Core.Role);
        return this;
    }

    /// <summary>A follower confirms everything.</summary>
    public Bench Match(int peer, long? index = null) =>
        From(peer, new AppendReply(Core.Term, true, index ?? Core.LastIndex, 0, 0, 0));

    public void Send(NodeId to, RaftMessage message, long afterPersist)
    {
        if (afterPersist > persisted)
            held.Add((to, message, afterPersist));
        else
            Sent.Add((to, message));
    }

    public void Persist(RaftPersist request) => Writes.Add(request);

    public void SetTimer(RaftTimer timer, TimeSpan after) => Timers[timer] = after;

    public void CancelTimer(RaftTimer timer) => Timers.Remove(timer);

    public void Reply(ulong requestId, RaftReply reply) => Replies[requestId] = reply;

    public int Choose(int bound) => Chance % bound;
}
