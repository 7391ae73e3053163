using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Invariants;
using Quorate.Protocols.Raft.Durability;
using Quorate.Protocols.Raft.Quorums;

namespace Quorate.Protocols.Raft;

/// <summary>The state of figure 2 that every role has, and what one step wants done with it.</summary>
/// <remarks>
/// What must be durable and what is to be sent is gathered over a step and handed out at its end: one write, then the messages. A message
/// that depends on the disk waits for everything that was asked for up to then.
/// </remarks>
internal sealed class ServerState
{
    private readonly List<(NodeId To, RaftMessage Message, bool Durable)> outbox = [];
    private const int TimeoutSteps = 10_000;
    private TimeSpan electionWait;
    private bool leaderIsGone;
    private bool hardStateChanged;
    private long writeFrom;
    private SnapshotChunk? chunk;

    /// <summary>Takes over what recovery found.</summary>
    public ServerState(NodeId self, RaftOptions options, RaftInitialState initial)
    {
        Self = self;
        Options = options;
        Term = initial.HardState.Term;
        VotedFor = initial.HardState.VotedFor;
        Log = new RaftLog(initial.SnapshotIndex, initial.SnapshotTerm, options.LogMemoryBytes);
        Configurations = new ConfigurationLog(initial.SnapshotIndex, initial.SnapshotConfiguration);
        foreach (var entry in initial.Entries)
        {
            Log.Append(entry);
            Configurations.Append(entry);
        }

        Invariant.Holds(Log.LastTerm <= Term, "a server has seen the term of every entry that it holds");
        CommitIndex = initial.SnapshotIndex;
        Durable = new DurablePrefix(Log.LastIndex);
        Quorum = QuorumOf(Configurations.Latest);
    }

    public NodeId Self { get; }

    public RaftOptions Options { get; }

    /// <summary>currentTerm of figure 2. Invariant: never falls.</summary>
    public long Term { get; private set; }

    /// <summary>votedFor of figure 2. Invariant: set once a term.</summary>
    public NodeId VotedFor { get; private set; }

    public RaftRole Role { get; set; }

    public NodeId Leader { get; set; }

    public RaftLog Log { get; private set; }

    public ConfigurationLog Configurations { get; private set; }

    public DurablePrefix Durable { get; set; }

    /// <summary>The quorum of the configuration in force, over its members.</summary>
    public JointQuorum Quorum { get; private set; }

    /// <summary>commitIndex of figure 2. Invariant: never falls.</summary>
    public long CommitIndex { get; private set; }

    /// <summary>The time of this step.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Before this time no vote is given except on a leader's order: a leader was heard less than an election timeout
    /// ago.</summary>
    public TimeSpan RefuseVotesUntil { get; set; } = TimeSpan.MinValue;

    /// <summary>When the election timeout elapses. The timer itself is set anew only when it fires early, not with each message.</summary>
    public TimeSpan ElectionDeadline { get; private set; } = TimeSpan.MinValue;

    /// <summary>The effects of this step.</summary>
    public IRaftEffects Effects { get; private set; } = null!;

    public Configuration Configuration => Configurations.Latest;

    /// <summary>Whether the term and vote in memory are durable.</summary>
    public bool HardStateIsDurable => !hardStateChanged && Durable.HardStateIsDurable;

    public void BeginStep(TimeSpan now, IRaftEffects effects)
    {
        Now = now;
        Effects = effects;
    }

    /// <summary>Hands out what the step gathered.</summary>
    public void EndStep()
    {
        if (hardStateChanged || writeFrom > 0 || chunk is not null)
            Write();
        var wait = Durable.Issued > Durable.Completed ? Durable.Issued : 0;
        foreach (var (to, message, durable) in outbox)
            Effects.Send(to, message, durable ? wait : 0);
        outbox.Clear();
    }

    public void SetTerm(long term)
    {
        Invariant.Holds(term > Term, "terms only grow");
        Term = term;
        VotedFor = NodeId.None;
        hardStateChanged = true;
    }

    public void Vote(NodeId candidate)
    {
        Invariant.Holds(VotedFor.IsNone || VotedFor == candidate, "a server votes for one candidate a term");
        hardStateChanged |= VotedFor != candidate;
        VotedFor = candidate;
    }

    public void Append(in Entry entry)
    {
        Log.Append(entry);
        if (writeFrom == 0)
            writeFrom = entry.Index;
        if (Configurations.Append(entry))
            Quorum = QuorumOf(Configuration);
    }

    public void TruncateFrom(long index)
    {
        Invariant.Holds(index > CommitIndex, "a committed entry is never replaced");
        Invariant.Holds(writeFrom == 0, "a step truncates before it appends");
        Log.TruncateFrom(index);
        Durable.Truncate(index);
        Configurations.TruncateFrom(index);
        Quorum = QuorumOf(Configuration);
    }

    public void Commit(long index)
    {
        Invariant.Holds(index >= CommitIndex, "the commit index never falls");
        Invariant.Holds(index <= Log.LastIndex, "only entries of the log are committed");
        CommitIndex = index;
    }

    public void Keep(SnapshotChunk received) => chunk = received;

    /// <summary>Drops the prefix of the log that a snapshot of this server's own state covers.</summary>
    public void Compact(long index)
    {
        Configurations.CompactTo(index);
        Log.CompactTo(index);
        Durable.Cover(index);
    }

    /// <summary>Replaces the state by a snapshot from a leader; entries behind it stay only if they continue it (figure 13, rules 6 and
    /// 7).</summary>
    public void Restore(SnapshotRestored snapshot)
    {
        if (Log.TermAt(snapshot.LastIndex) == snapshot.LastTerm)
        {
            Log.CompactTo(snapshot.LastIndex);
            Configurations.CompactTo(snapshot.LastIndex);
        }
        else
        {
            Durable.Truncate(Log.FirstIndex);
            Log.Reset(snapshot.LastIndex, snapshot.LastTerm);
            Configurations.Reset(snapshot.LastIndex, snapshot.Configuration);
        }

        Durable.Cover(snapshot.LastIndex);
        Quorum = QuorumOf(Configuration);
        Commit(Math.Max(CommitIndex, snapshot.LastIndex));
    }

    /// <summary>Sends at the end of the step; with <paramref name="durable"/> only after everything asked for up to then is on
    /// disk.</summary>
    public void Send(NodeId to, RaftMessage message, bool durable) => outbox.Add((to, message, durable));

    /// <summary>Starts the wait for a leader anew with a new random length, between one and two election timeouts (section 5.2).</summary>
    public void RestartElectionTimer()
    {
        electionWait = Draw(Options.ElectionTimeout, Options.ElectionTimeout);
        Wait(electionWait);
    }

    /// <summary>Takes note that the leader of the term was heard.</summary>
    public void HearLeader()
    {
        RefuseVotesUntil = Now + Options.ElectionTimeout;
        ElectionDeadline = Now + electionWait;
        leaderIsGone = false;
    }

    /// <summary>
    /// Takes note that the leader of the term is no more: nobody is refused a vote for its sake, and the wait for another is short, at random up to
    /// half an election timeout, so that seldom two stand at once.
    /// </summary>
    public void MissLeader()
    {
        RefuseVotesUntil = Now;
        leaderIsGone = true;
        WaitBriefly(Options.HeartbeatInterval / 2);
    }

    /// <summary>
    /// Starts the wait for the outcome of an election anew. Where the leader is known to be gone the first one is waited for briefly: if two stood at
    /// once, they try again soon.
    /// </summary>
    public void AwaitElection()
    {
        RestartElectionTimer();
        if (leaderIsGone)
            WaitBriefly(Options.ElectionTimeout / 4);
        leaderIsGone &= Role != RaftRole.Candidate;
    }

    /// <summary>Writes the state without times.</summary>
    public void WriteCanonical(ByteWriter writer)
    {
        writer.WriteVarInt(Term);
        writer.WriteUInt64(VotedFor.Value);
        writer.WriteByte((byte)Role);
        writer.WriteUInt64(Leader.Value);
        writer.WriteVarInt(CommitIndex);
        RaftCanonical.WriteLog(writer, Log, Configurations.OfSnapshot);
        Durable.WriteCanonical(writer);
    }

    /// <summary>Reads what <see cref="WriteCanonical"/> wrote.</summary>
    public static ServerState ReadCanonical(NodeId self, RaftOptions options, ref ByteReader reader)
    {
        var hardState = new HardState(reader.ReadVarInt(), new NodeId(reader.ReadUInt64()));
        var role = (RaftRole)reader.ReadByte();
        var leader = new NodeId(reader.ReadUInt64());
        var commitIndex = reader.ReadVarInt();
        var initial = RaftCanonical.ReadLog(ref reader, hardState);
        return new ServerState(self, options, initial)
        {
            Role = role,
            Leader = leader,
            CommitIndex = commitIndex,
            Durable = DurablePrefix.ReadCanonical(ref reader),
        };
    }

    private void WaitBriefly(TimeSpan atLeast) => Wait(Draw(atLeast, Options.ElectionTimeout / 2));

    private TimeSpan Draw(TimeSpan atLeast, TimeSpan more) => atLeast + (more * Effects.Choose(TimeoutSteps) / TimeoutSteps);

    private void Wait(TimeSpan wait)
    {
        ElectionDeadline = Now + wait;
        Effects.SetTimer(RaftTimer.Election, wait);
    }

    private void Write()
    {
        IReadOnlyList<Entry> entries = writeFrom > 0 ? Log.Slice(writeFrom, (int)(Log.LastIndex - writeFrom + 1)) : [];
        var sequence = Durable.Issue(writeFrom > 0 ? Log.LastIndex : 0, hardStateChanged);
        Effects.Persist(new RaftPersist(sequence, hardStateChanged ? new HardState(Term, VotedFor) : null, entries, chunk));
        hardStateChanged = false;
        writeFrom = 0;
        chunk = null;
    }

    private static JointQuorum QuorumOf(Configuration configuration) =>
        new(configuration.Members, configuration.Voters, configuration.Outgoing);
}
