namespace Quorate.Protocols.Raft.Replication;

/// <summary>nextIndex and matchIndex of one follower (figure 2), and what may be sent to it now.</summary>
internal sealed class Progress
{
    /// <summary>Starts probing.</summary>
    /// <param name="next">Figure 2: "initialized to leader last log index + 1".</param>
    /// <param name="inflight">The window.</param>
    public Progress(long next, Inflight inflight)
    {
        Next = next;
        Inflight = inflight;
    }

    /// <summary>How it is replicated to.</summary>
    public ReplicationState State { get; private set; }

    /// <summary>The last index known to match; it never falls. Invariant: below <see cref="Next"/>.</summary>
    public long Match { get; private set; }

    /// <summary>The next index to send; ahead of answers while replicating.</summary>
    public long Next { get; private set; }

    /// <summary>Whether a probe was sent and not answered.</summary>
    public bool ProbeSent { get; private set; }

    /// <summary>The last commit index that the follower was told and could use.</summary>
    public long CommitSent { get; set; }

    /// <summary>The messages in flight.</summary>
    public Inflight Inflight { get; }

    /// <summary>Whether entries may be sent now.</summary>
    public bool MaySend => State switch
    {
        ReplicationState.Probe => !ProbeSent,
        ReplicationState.Replicate => !Inflight.IsFull,
        _ => false,
    };

    /// <summary>Notes that entries were sent.</summary>
    /// <param name="lastIndex">The index of the last.</param>
    /// <param name="bytes">Their payload bytes.</param>
    /// <param name="count">How many; none is a heartbeat or a bare probe.</param>
    public void Sent(long lastIndex, long bytes, int count)
    {
        if (State == ReplicationState.Probe)
        {
            ProbeSent = true;
        }
        else if (count > 0)
        {
            Inflight.Add(lastIndex, bytes);
            Next = lastIndex + 1;
        }
    }

    /// <summary>Takes an acceptance; true when the match index rose. Stale answers change nothing.</summary>
    /// <param name="index">The last index known to match.</param>
    /// <param name="firstIndex">The first index of the leader's log.</param>
    public bool Accept(long index, long firstIndex)
    {
        if (index < Match)
            return false;
        var rose = index > Match;
        Match = index;
        Next = Math.Max(Next, index + 1);
        Inflight.FreeTo(index);
        if (State == ReplicationState.Probe || (State == ReplicationState.Snapshot && Match + 1 >= firstIndex))
            BecomeReplicate();
        return rose;
    }

    /// <summary>Whether a refusal answers a question that is still open.</summary>
    /// <param name="index">The previous index that was refused.</param>
    public bool IsOpenQuestion(long index) => State switch
    {
        ReplicationState.Probe => index == Next - 1,
        ReplicationState.Replicate => index > Match && index < Next,
        _ => false,
    };

    /// <summary>Takes a refusal: probes from an earlier index.</summary>
    /// <param name="next">The next index to try.</param>
    public void Refuse(long next) => BecomeProbe(Math.Max(next, Match + 1));

    /// <summary>Falls back to probing, since what was sent may be lost.</summary>
    public void Reset() => BecomeProbe(Match + 1);

    /// <summary>Waits for a snapshot.</summary>
    public void BecomeSnapshot()
    {
        State = ReplicationState.Snapshot;
        ProbeSent = false;
        Inflight.Clear();
    }

    /// <summary>Takes the news that a snapshot is installed.</summary>
    /// <param name="lastIndex">The last index that it covers.</param>
    public bool Installed(long lastIndex)
    {
        var rose = lastIndex > Match;
        Match = Math.Max(Match, lastIndex);
        if (State == ReplicationState.Snapshot || Next <= Match)
            BecomeProbe(Match + 1);
        return rose;
    }

    /// <summary>Sets all fields; for the model checker.</summary>
    public void Restore(ReplicationState state, long match, long next, bool probeSent, long commitSent)
    {
        State = state;
        Match = match;
        Next = next;
        ProbeSent = probeSent;
        CommitSent = commitSent;
    }

    private void BecomeProbe(long next)
    {
        State = ReplicationState.Probe;
        Next = next;
        ProbeSent = false;
        Inflight.Clear();
    }

    private void BecomeReplicate()
    {
        State = ReplicationState.Replicate;
        Next = Match + 1;
        ProbeSent = false;
        Inflight.Clear();
    }
}
