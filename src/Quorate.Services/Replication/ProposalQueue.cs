using Quorate.Services.Replication.Sessions;
using Quorate.Services.Replication.Timing;

namespace Quorate.Services.Replication;

/// <summary>
/// The commands of this node that are under way, under one session: numbered, bounded, handed to whoever leads, and handed out again
/// when the leader changes. A command is done when this replica applies it: so its reply needs no message of its own.
/// </summary>
internal sealed class ProposalQueue : IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(100);

    private readonly HostContext host;
    private readonly StrandTimer sweep;
    private readonly List<Proposal> finished = [];
    private readonly LinkedList<Proposal> waiting = new();
    private readonly Proposal registration;
    private SequenceWindow<Proposal> pending = NewWindow();
    private List<Proposal> queued = [];
    private long nextSequence = 1;
    private int inflight;
    private long inflightBytes;
    private bool stopped;

    public ProposalQueue(HostContext host)
    {
        this.host = host;
        sweep = new StrandTimer(host.Clock, host.Strand, Sweep);
        registration = new Proposal(default, false, TimeSpan.MaxValue);
        NewSession();
    }

    /// <summary>The session of this node.</summary>
    public ulong SessionId { get; private set; }

    /// <summary>Whether the session is known to be in the table of the group.</summary>
    public bool IsRegistered { get; private set; }

    /// <summary>How many commands have a place.</summary>
    public int Inflight => inflight;

    /// <summary>Whether anything is to be handed to a leader.</summary>
    public bool HasQueued => queued.Count > 0;

    public Task<byte[]> Submit(ReadOnlyMemory<byte> command, bool isMember, CancellationToken cancellationToken)
    {
        if (stopped)
            return Failed(ReplicationError.Stopping, "This node is stopping.");
        if (command.Length > host.Options.CommandBytesMax)
            return Failed(
                ReplicationError.TooLarge,
                $"A command has {command.Length} bytes, and at most {host.Options.CommandBytesMax} are allowed.");
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<byte[]>(cancellationToken);
        var proposal = new Proposal(command, isMember, host.Clock.Now + host.Options.RequestTimeout);
        if (waiting.Count == 0 && HasPlace(command.Length))
            Admit(proposal);
        else if (waiting.Count < host.Options.InflightMax)
            waiting.AddLast(proposal);
        else
            return Failed(ReplicationError.Overloaded, $"{inflight} commands are under way, and {waiting.Count} wait for a place.");
        if (!sweep.IsSet)
            sweep.Set(SweepInterval);
        if (cancellationToken.CanBeCanceled)
            proposal.Registration = cancellationToken.UnsafeRegister((_, token) => host.Strand.Post(() => Cancel(proposal, token)), null);
        host.Turn();
        return proposal.Task;
    }

    /// <summary>Takes what is to be handed to a leader now: until the session is registered, only its registration.</summary>
    public List<Proposal> TakeQueued()
    {
        if (!IsRegistered)
        {
            if (registration.Attempts > 0)
                return [];
            registration.Attempts = 1;
            return [registration];
        }

        var taken = queued;
        queued = [];
        taken.RemoveAll(static proposal => proposal.Task.IsCompleted || proposal.Reply is not null);
        foreach (var proposal in taken)
        {
            proposal.IsQueued = false;
            if (proposal.Attempts++ == 1)
                host.Machine.Telemetry.Sometimes("replication: a command is handed out again");
        }

        return taken;
    }

    /// <summary>A leader did not take these; what an earlier leader did with them is as unknown as before.</summary>
    public void Refused(IReadOnlyList<Proposal> proposals, ReplicationError why)
    {
        foreach (var proposal in proposals)
        {
            if (proposal.Sequence == 0)
            {
                RegistrationRefused(why);
                continue;
            }

            proposal.Attempts--;
            proposal.Refusal = why;
            if (why == ReplicationError.DiskFull && proposal.Attempts == 0)
                Fail(proposal);
            else
                Requeue(proposal);
        }
    }

    /// <summary>Whether a leader took these is not known: another try finds out.</summary>
    public void Lost(IReadOnlyList<Proposal> proposals)
    {
        foreach (var proposal in proposals)
            Requeue(proposal);
    }

    /// <summary>A new leader or term: what the old one did not commit may be gone. All is handed out again, in order.</summary>
    public void RouteChanged()
    {
        if (!IsRegistered)
            registration.Attempts = 0;
        queued.Clear();
        for (var sequence = pending.Lowest; sequence <= pending.Highest; sequence++)
        {
            if (pending[sequence] is not { } proposal)
                continue;
            proposal.IsQueued = true;
            queued.Add(proposal);
        }
    }

    /// <summary>The session's registration was applied.</summary>
    public void Registered(ulong session)
    {
        if (session == SessionId)
            IsRegistered = true;
    }

    /// <summary>
    /// A command of the session was applied, now or before, with this reply. The caller hears of it at <see
    /// cref="ReleaseFinished"/>.
    /// </summary>
    public void Applied(long sequence, byte[] reply)
    {
        if (pending[sequence] is not { } proposal)
            return;
        proposal.Reply = reply;
        Remove(proposal);
        finished.Add(proposal);
    }

    /// <summary>Completes what was applied, and admits what waited.</summary>
    public void ReleaseFinished()
    {
        for (var i = 0; i < finished.Count; i++)
        {
            finished[i].Registration.Dispose();
            finished[i].TrySetResult(finished[i].Reply!);
        }

        finished.Clear();
        AdmitWaiting();
    }

    /// <summary>The state was replaced by a snapshot: what it covers of this session has its reply in the table.</summary>
    public void Restored(SessionTable table)
    {
        if (IsRegistered && !table.IsRegistered(SessionId))
            SessionLost();
        else if (table.IsRegistered(SessionId))
            IsRegistered = true;
        for (var sequence = pending.Lowest; sequence <= pending.Highest; sequence++)
        {
            if (pending[sequence] is not null && table.KeptReply(SessionId, sequence) is { } reply)
                Applied(sequence, reply);
        }

        ReleaseFinished();
    }

    /// <summary>
    /// The group has forgotten the session. What was never handed to a leader goes on under a new one; of the rest nobody can say any
    /// more whether it was applied.
    /// </summary>
    public void SessionLost()
    {
        var old = pending;
        pending = NewWindow();
        queued = [];
        (inflight, inflightBytes, nextSequence) = (0, 0, 1);
        NewSession();
        for (var sequence = old.Lowest; sequence <= old.Highest; sequence++)
        {
            if (old[sequence] is not { } proposal)
                continue;
            if (proposal.Attempts == 0)
                Admit(proposal);
            else
                Complete(proposal, ReplicationError.Timeout, "The session was forgotten; the command may have been applied.");
        }
    }

    public void Stop()
    {
        stopped = true;
        foreach (var proposal in waiting)
            Complete(proposal, ReplicationError.Stopping, "This node is stopping; the command was not applied.");
        waiting.Clear();
        for (var sequence = pending.Lowest; sequence <= pending.Highest; sequence++)
        {
            if (pending[sequence] is { } proposal)
                Complete(proposal, ReplicationError.Stopping, "This node is stopping; the command may have been applied.");
        }

        queued.Clear();
    }

    public void Dispose() => sweep.Dispose();

    private static SequenceWindow<Proposal> NewWindow() => new(1, Session.WindowMax);

    private static Task<byte[]> Failed(ReplicationError error, string why) =>
        Task.FromException<byte[]>(new ReplicationException(error, why));

    private void NewSession()
    {
        SessionId = (ulong)host.Machine.Random.NextInt64() ^ ((ulong)host.Machine.Random.NextInt64() << 1);
        IsRegistered = false;
        registration.Attempts = 0;
        registration.Payload = PayloadCodec.Register(SessionId);
    }

    private bool HasPlace(int bytes) =>
        inflight < host.Options.InflightMax
        && (inflight == 0 || inflightBytes + bytes <= host.Options.InflightBytesMax)
        && pending.Fits(nextSequence);

    private void Admit(Proposal proposal)
    {
        proposal.Sequence = nextSequence++;
        proposal.Payload = PayloadCodec.Encode(
            proposal.IsMember ? PayloadKind.Member : PayloadKind.Command,
            new SessionCommand(SessionId, proposal.Sequence, pending.Lowest, proposal.Command));
        pending.Set(proposal.Sequence, proposal);
        inflight++;
        inflightBytes += proposal.Command.Length;
        proposal.IsQueued = true;
        queued.Add(proposal);
    }

    private void AdmitWaiting()
    {
        while (waiting.First is { } first && HasPlace(first.Value.Command.Length))
        {
            waiting.RemoveFirst();
            if (!first.Value.Task.IsCompleted)
                Admit(first.Value);
        }
    }

    /// <summary>What waits for the registration is refused for the same reason.</summary>
    private void RegistrationRefused(ReplicationError why)
    {
        registration.Attempts = 0;
        foreach (var proposal in queued.ToArray())
        {
            proposal.Refusal = why;
            if (why == ReplicationError.DiskFull && proposal.Attempts == 0 && ReferenceEquals(pending[proposal.Sequence], proposal))
                Fail(proposal);
        }
    }

    private void Requeue(Proposal proposal)
    {
        if (proposal.Sequence == 0)
        {
            registration.Attempts = 0;
            return;
        }

        if (proposal.IsQueued || !ReferenceEquals(pending[proposal.Sequence], proposal))
            return;
        proposal.IsQueued = true;
        queued.Add(proposal);
    }

    private void Remove(Proposal proposal)
    {
        pending.Clear(proposal.Sequence);
        pending.SkipEmpty();
        inflight--;
        inflightBytes -= proposal.Command.Length;
    }

    private void Cancel(Proposal proposal, CancellationToken token)
    {
        if (proposal.Task.IsCompleted || proposal.Reply is not null)
            return;
        if (proposal.Sequence == 0)
            waiting.Remove(proposal);
        else
            Remove(proposal);
        proposal.TrySetCanceled(token);
        AdmitWaiting();
        host.Turn();
    }

    private void Sweep()
    {
        var now = host.Clock.Now;
        while (waiting.First is { } first && first.Value.Deadline <= now)
        {
            waiting.RemoveFirst();
            Complete(first.Value, ReplicationError.Overloaded, "No place was free in time; the command was not applied.");
        }

        // Admitted in the order of their deadlines: the first that has time left ends the search.
        while (pending.Lowest <= pending.Highest && pending[pending.Lowest] is { } oldest && oldest.Deadline <= now)
            Fail(oldest);
        AdmitWaiting();
        if (inflight > 0 || waiting.Count > 0)
            sweep.Set(SweepInterval);
        host.Turn();
    }

    private void Fail(Proposal proposal)
    {
        Remove(proposal);
        if (proposal.Attempts > 0)
            Complete(proposal, ReplicationError.Timeout, "Time ran out; the command may have been applied.");
        else
            Complete(proposal, proposal.Refusal, $"The command was not applied: {proposal.Refusal}.");
    }

    private static void Complete(Proposal proposal, ReplicationError error, string why)
    {
        proposal.Registration.Dispose();
        proposal.TrySetException(new ReplicationException(error, why));
    }
}
