using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Invariants;
using Quorate.Protocols.Raft.Quorums;
using Quorate.Protocols.Raft.Replication;

namespace Quorate.Protocols.Raft;

/// <summary>One server of a Raft group, as a pure state machine: one input in, effects out.</summary>
/// <remarks>
/// Guarantee: election safety, leader append-only, log matching, leader completeness and state machine safety (figure 3 of the paper), as
/// long as the driver keeps the order of <see cref="IRaftEffects"/>: nothing is sent before what it waits for is durable.
/// Cost: a proposal is appended, written and sent in one step; no allocation for each entry. The terms of the log since the
/// last snapshot are in memory, its payloads until <see cref="ReleasePayloads"/>.
/// Fails when: a majority of voters is lost (no progress), or a disk forgets what it reported durable (no safety).
/// Source: Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm (Extended Version)", 2014; Ongaro's thesis, 2014.
/// </remarks>
public sealed class RaftCore
{
    private readonly ServerState server;
    private readonly Elections elections;
    private readonly Following following;
    private Leadership? leadership;

    /// <summary>Creates a server from what it found on its disk. Step <see cref="Started"/> first.</summary>
    /// <param name="self">This server.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="initial">Everything durable.</param>
    /// <exception cref="ArgumentException">The settings contradict each other.</exception>
    public RaftCore(NodeId self, RaftOptions options, RaftInitialState initial)
        : this(new ServerState(self, Checked(options), initial))
    {
    }

    private RaftCore(ServerState server)
    {
        this.server = server;
        elections = new Elections(server);
        following = new Following(server);
    }

    /// <summary>What this server is in its term.</summary>
    public RaftRole Role => server.Role;

    /// <summary>This server.</summary>
    public NodeId Self => server.Self;

    /// <summary>The leader of the term, where it is known.</summary>
    public NodeId Leader => server.Leader;

    /// <summary>currentTerm of figure 2.</summary>
    public long Term => server.Term;

    /// <summary>commitIndex of figure 2: entries up to it may be applied. It never falls.</summary>
    public long CommitIndex => server.CommitIndex;

    /// <summary>The index of the last entry.</summary>
    public long LastIndex => server.Log.LastIndex;

    /// <summary>One more than the last index that the snapshot covers.</summary>
    public long FirstIndex => server.Log.FirstIndex;

    /// <summary>The first index from which on the payloads are in memory.</summary>
    public long FirstInMemory => server.Log.FirstInMemory;

    /// <summary>The configuration in force: the last in the log, committed or not.</summary>
    public Configuration Configuration => server.Configuration;

    /// <summary>Whether a received snapshot is being put in place, and <see cref="SnapshotRestored"/> is awaited.</summary>
    public bool IsRestoring => following.IsRestoring;

    /// <summary>What the leader knows of each member; empty at others.</summary>
    public IReadOnlyList<PeerProgress> Progress => leadership?.Progress ?? [];

    /// <summary>The term and vote in memory.</summary>
    internal HardState HardState => new(server.Term, server.VotedFor);

    /// <summary>The last sequence number that was reported durable.</summary>
    internal long PersistedSequence => server.Durable.Completed;

    /// <summary>An entry of the log.</summary>
    /// <param name="index">Its index, from <see cref="FirstInMemory"/> to <see cref="LastIndex"/>.</param>
    public Entry EntryAt(long index) => server.Log.At(index);

    /// <summary>The term at an index, or null when the log no longer or not yet holds it.</summary>
    /// <param name="index">The index.</param>
    public long? TermAt(long index) => server.Log.TermAt(index) is var term && term == RaftLog.Unknown ? null : term;

    /// <summary>Lets payloads go that are durable and applied, the oldest first, as many as must for the others to keep to
    /// <see cref="RaftOptions.LogMemoryBytes"/>. A follower that needs one of them is sent a <see cref="LogSlice"/> whose
    /// <see cref="LogSlice.Released"/> says so.</summary>
    /// <param name="appliedIndex">The last index that was applied.</param>
    public void ReleasePayloads(long appliedIndex) => server.Log.Release(Math.Min(appliedIndex, server.Durable.Index));

    /// <summary>Whether a read may be served from the leader's lease, without a message; only with <see
    /// cref="RaftOptions.LeaseReads"/>.</summary>
    /// <param name="now">The time, as for <see cref="Step"/>.</param>
    /// <param name="index">State applied up to here is linearizable.</param>
    public bool TryReadFromLease(TimeSpan now, out long index)
    {
        index = server.CommitIndex;
        return server.Options.LeaseReads && leadership is not null && leadership.LeaseHolds(now);
    }

    /// <summary>Takes one input.</summary>
    /// <param name="input">What happens.</param>
    /// <param name="now">The time since any origin; it never falls.</param>
    /// <param name="effects">Takes what is to be done; used only during the call.</param>
    /// <exception cref="InvariantViolationException">Something that can never happen did; the server must stop.</exception>
    public void Step(RaftInput input, TimeSpan now, IRaftEffects effects)
    {
        server.BeginStep(now, effects);
        Dispatch(input);
        if (leadership is { MustStepDown: true })
            BecomeFollower(NodeId.None);
        server.EndStep();
    }

    /// <summary>Writes the whole state without times: equal bytes mean equal behaviour, apart from time.</summary>
    /// <param name="writer">Where to.</param>
    public void WriteCanonical(ByteWriter writer)
    {
        server.WriteCanonical(writer);
        elections.WriteCanonical(writer);
        following.WriteCanonical(writer);
        leadership?.WriteCanonical(writer);
    }

    /// <summary>Reads what <see cref="WriteCanonical"/> wrote. Every timeout counts as elapsed.</summary>
    /// <param name="self">The server.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="reader">Where from.</param>
    public static RaftCore ReadCanonical(NodeId self, RaftOptions options, ref ByteReader reader)
    {
        var core = new RaftCore(ServerState.ReadCanonical(self, options, ref reader));
        core.elections.ReadCanonical(ref reader);
        core.following.ReadCanonical(ref reader);
        if (core.server.Role == RaftRole.Leader)
            core.leadership = Leadership.ReadCanonical(core.server, ref reader);
        return core;
    }

    private void Dispatch(RaftInput input)
    {
        switch (input)
        {
            case Received received:
                Receive(received.From, received.Message);
                break;
            case Propose propose:
                Lead(propose.RequestId)?.Propose(propose);
                break;
            case ReadIndex read:
                Lead(read.RequestId)?.Read(read.RequestId);
                break;
            case Persisted persisted:
                CompleteWrites(persisted.Sequence);
                break;
            case TimerFired fired:
                Fire(fired.Timer);
                break;
            case ChangeConfiguration change:
                Lead(change.RequestId)?.Change(change);
                break;
            case TransferLeadership transfer:
                Lead(transfer.RequestId)?.Transfer(transfer);
                break;
            case SnapshotTaken taken:
                TakeSnapshot(taken.Index);
                break;
            case SnapshotRestored restored:
                following.Restored(restored);
                break;
            case PeerReset reset:
                leadership?.Reset(reset.Peer);
                break;
            case PeerGone gone:
                MissIfLeader(gone.Peer);
                break;
            case PeerEmptied emptied:
                leadership?.Forget(emptied.Peer);
                break;
            case Started:
                Start();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input, "This is no input of a Raft server.");
        }
    }

    private void Start()
    {
        // A server that crashed forgot when it last heard a leader. Where leases count on it, it waits as if it had heard one just now.
        if (server.Options.LeaseReads)
            server.RefuseVotesUntil = server.Now + server.Options.ElectionTimeout;
        server.RestartElectionTimer();
    }

    private Leadership? Lead(ulong requestId)
    {
        if (leadership is null)
            server.Effects.Reply(requestId, new RaftReply.NotLeader(server.Leader));
        return leadership;
    }

    private void CompleteWrites(long sequence)
    {
        server.Durable.Complete(sequence);
        leadership?.CountOwnLog();
        Conclude(elections.CountOwnVote());
    }

    private void TakeSnapshot(long index)
    {
        Invariant.Holds(index <= server.CommitIndex, "a snapshot covers only what is committed");
        if (index > server.Log.SnapshotIndex)
            server.Compact(index);
    }

    private void Fire(RaftTimer timer)
    {
        if (leadership is not null && timer == RaftTimer.Heartbeat)
            leadership.Heartbeat();
        else if (leadership is not null)
            leadership.CheckQuorum();
        else if (timer == RaftTimer.Election && server.Now < server.ElectionDeadline)
            server.Effects.SetTimer(RaftTimer.Election, server.ElectionDeadline - server.Now);
        else if (timer == RaftTimer.Election)
            TimeOut();
    }

    // Figure 2, followers: "If election timeout elapses without receiving AppendEntries RPC from current leader or granting vote to
    // candidate: convert to candidate". Before that comes the pre-vote. Who has no vote, or is between two states, only waits on.
    private void TimeOut()
    {
        if (elections.MayStand && !following.IsRestoring)
            Conclude(elections.AskPreVotes());
        else
            server.RestartElectionTimer();
    }

    // A lease rests on every follower's patience, and a host can refuse connections whose leader lives: with leases it is waited out.
    private void MissIfLeader(NodeId peer)
    {
        if (server.Role != RaftRole.Follower || peer != server.Leader || !elections.HearsLeader || server.Options.LeaseReads)
            return;
        server.Effects.Sometimes("raft: the process of the leader is gone");
        server.MissLeader();
    }

    private void Receive(NodeId from, RaftMessage message)
    {
        if (message.Term > server.Term && !MeetHigherTerm(from, message))
            return;
        if (message.Term < server.Term)
        {
            RefuseLowerTerm(from, message);
            return;
        }

        switch (message)
        {
            case AppendRequest request:
                Follow(from);
                following.Append(from, request);
                break;
            case AppendReply reply:
                leadership?.Take(from, reply);
                break;
            case SnapshotRequest request:
                Follow(from);
                following.Install(from, request);
                break;
            case SnapshotReply reply:
                leadership?.Take(from, reply);
                break;
            case VoteRequest request:
                elections.Answer(from, request);
                break;
            case VoteReply reply:
                Conclude(elections.Count(from, reply));
                break;
            case PreVoteRequest request:
                elections.Answer(from, request);
                break;
            case PreVoteReply reply:
                Conclude(elections.Count(from, reply));
                break;
            case TimeoutNow:
                ObeyTimeoutNow();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message, "This is no message of Raft.");
        }
    }

    // Figure 2, all servers: "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower".
    // Returns whether the message goes on to its handler, now or with its term.
    private bool MeetHigherTerm(NodeId from, RaftMessage message)
    {
        switch (message)
        {
            // A pre-vote speaks of a term that nobody is in yet.
            case PreVoteRequest request:
                elections.Answer(from, request);
                return false;
            case PreVoteReply { Granted: true } reply:
                Conclude(elections.Count(from, reply));
                return false;
            // Section 6: "if a server receives a RequestVote RPC within the minimum election timeout of hearing from a current leader, it
            // does not update its term or grant its vote".
            case VoteRequest { Transfer: false } when elections.HearsLeader:
                return false;
            default:
                server.SetTerm(message.Term);
                BecomeFollower(message is AppendRequest or SnapshotRequest ? from : NodeId.None);
                return true;
        }
    }

    // Figure 2, receivers: "Reply false if term < currentTerm". The answer carries the term, so that the sender steps down.
    private void RefuseLowerTerm(NodeId from, RaftMessage message)
    {
        switch (message)
        {
            case AppendRequest request:
                server.Send(from, new AppendReply(server.Term, false, request.PreviousIndex, 0, 0, request.Round), durable: true);
                break;
            case SnapshotRequest request:
                server.Send(from, new SnapshotReply(server.Term, request.LastIndex, 0, false), durable: true);
                break;
            case VoteRequest:
                server.Send(from, new VoteReply(server.Term, false), durable: true);
                break;
            case PreVoteRequest request:
                elections.Answer(from, request);
                break;
            case PreVoteReply { Granted: false } reply:
                Conclude(elections.Count(from, reply));
                break;
            default:
                // An answer to a question of an earlier term, or an order of its leader: it means nothing any more.
                break;
        }
    }

    // Candidates: "If AppendEntries RPC received from new leader: convert to follower".
    private void Follow(NodeId leader)
    {
        Invariant.Holds(server.Role != RaftRole.Leader, "a term has at most one leader");
        Invariant.Holds(server.Leader.IsNone || server.Leader == leader, "a term has at most one leader");
        if (server.Role != RaftRole.Follower)
            BecomeFollower(leader);
        server.Leader = leader;
        server.HearLeader();
    }

    private void ObeyTimeoutNow()
    {
        if (server.Role == RaftRole.Follower && elections.MayStand && !following.IsRestoring)
            elections.AskVotes(transfer: true);
    }

    private void Conclude(VoteOutcome outcome)
    {
        if (outcome == VoteOutcome.Pending)
            return;
        if (outcome == VoteOutcome.Lost)
        {
            // Nothing can come of it any more; the election timer, which runs on, begins the next try.
            server.Role = RaftRole.Follower;
            elections.Stop();
        }
        else if (server.Role == RaftRole.PreCandidate)
        {
            elections.AskVotes(transfer: false);
        }
        else
        {
            BecomeLeader();
        }
    }

    private void BecomeFollower(NodeId leader)
    {
        var old = leadership;
        leadership = null;
        server.Role = RaftRole.Follower;
        server.Leader = leader;
        elections.Stop();
        if (old is not null)
        {
            old.Abandon(leader);
            server.Effects.CancelTimer(RaftTimer.Heartbeat);
        }

        server.RestartElectionTimer();
    }

    private void BecomeLeader()
    {
        elections.Stop();
        server.Role = RaftRole.Leader;
        server.Leader = server.Self;
        leadership = new Leadership(server);
        leadership.Begin();
    }

    private static RaftOptions Checked(RaftOptions options)
    {
        Require(options.HeartbeatInterval > TimeSpan.Zero, "the heartbeat interval is above zero");
        Require(options.ElectionTimeout >= options.HeartbeatInterval * 3, "the election timeout is at least three heartbeats");
        Require(options.LeaseDriftMax is >= 0 and <= 0.9, "the lease's drift is between 0 and 0.9");
        Require(options.AppendEntriesMax > 0 && options.AppendBytesMax > 0, "an append message holds at least one entry");
        Require(options.InflightMessagesMax > 0 && options.InflightBytesMax > 0, "at least one message is in flight");
        Require(options.UncommittedBytesMax > 0, "at least one byte is uncommitted");
        return options;
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
            throw new ArgumentException($"Of Raft's options, {what}.", "options");
    }
}
