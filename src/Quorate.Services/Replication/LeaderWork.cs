using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Peers;
using Quorate.Services.Replication.Timing;

namespace Quorate.Services.Replication;

/// <summary>
/// Brings proposals, reads and orders to whoever leads: to the own core when this replica does, else to the leader by a call. All that
/// gathered in a turn goes as one.
/// </summary>
internal sealed class LeaderWork
{
    private const int ForwardBytes = 1 << 20;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(20);

    private readonly HostContext host;
    private readonly ulong group;
    private readonly Applier applier;
    private readonly StrandTimer retry;
    private readonly SortedDictionary<ulong, Action<RaftReply>> requests = [];
    private readonly ByteWriter scratch = new(4096);
    private List<ForwardedBatch> forwarded = [];
    private RaftDriver driver = null!;
    private LeaderRoute route;
    private ulong lastRequest;
    private bool stopped;

    public LeaderWork(HostContext host, ulong group, Applier applier, ProposalQueue proposals, BarrierQueue barriers)
    {
        this.host = host;
        this.group = group;
        this.applier = applier;
        Proposals = proposals;
        Barriers = barriers;
        retry = new StrandTimer(host.Clock, host.Strand, host.Turn);
    }

    public ProposalQueue Proposals { get; }

    public BarrierQueue Barriers { get; }

    private bool Leads => driver.Core.Role == RaftRole.Leader;

    public void Attach(RaftDriver to) => driver = to;

    /// <summary>Hands out what gathered in this turn.</summary>
    public void Submit()
    {
        var now = new LeaderRoute(driver.Core.Leader, driver.Core.Term);
        if (now != route && now.IsKnown)
        {
            route = now;
            Proposals.RouteChanged();
            Barriers.RouteChanged();
        }

        if (retry.IsSet)
            return;
        if (Leads)
            SubmitToOwnCore();
        else
            SubmitToLeader(now);
    }

    /// <summary>Completes who waited for what was applied.</summary>
    public void Applied()
    {
        Proposals.ReleaseFinished();
        Barriers.Applied(applier.Index);
    }

    /// <summary>The state was replaced by a snapshot.</summary>
    public void Restored()
    {
        Proposals.Restored(applier.Sessions);
        Barriers.Applied(applier.Index);
    }

    /// <summary>Takes the core's answer to a request.</summary>
    public void Replied(ulong request, RaftReply reply)
    {
        if (requests.Remove(request, out var take))
            take(reply);
    }

    /// <summary>Makes the address of a member known to the transport.</summary>
    public void TellPeer(GroupMember member)
    {
        if (NetworkAddress.TryParse(member.PeerAddress, out var address))
            host.TransportOrNone?.SetPeer(member.Id, address);
    }

    public async ValueTask<ReadOnlyMemory<byte>> CallAsync(
        NodeId node, HostService service, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            var call = host.Transport.Calls.CallAsync(
                node, group, (byte)service, request.Span, host.Options.RequestTimeout, cancellationToken);
            host.Turn();
            return await call;
        }
        catch (PeerCallException e)
        {
            var error = e.Error switch
            {
                PeerCallError.TimedOut => ReplicationError.Timeout,
                PeerCallError.Overloaded => ReplicationError.Overloaded,
                _ => ReplicationError.Unreachable,
            };
            throw new ReplicationException(error, e.Message);
        }
    }

    /// <summary>Serves another host.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ServeAsync(
        HostService service, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        switch (service)
        {
            case HostService.Propose:
                return new[] { (byte)await TakeForwarded(request) };
            case HostService.ReadIndex:
                if (!Leads)
                    throw NotLeading();
                var writer = new ByteWriter(16);
                writer.WriteUInt64((ulong)await Barriers.Wait(waitsForApply: false, cancellationToken));
                return writer.ToArray();
            case HostService.ChangeMembers:
                await ChangeAsync(ReadConfiguration(request.Span), cancellationToken);
                return ReadOnlyMemory<byte>.Empty;
            case HostService.Transfer:
                var to = ReadNode(request.Span);
                Expect<RaftReply.Transferred>(await AskCoreInTime(id => new TransferLeadership(id, to), cancellationToken));
                return ReadOnlyMemory<byte>.Empty;
            default:
                throw new MalformedInputException($"there is no service {(byte)service}");
        }
    }

    public async ValueTask SetMemberAsync(GroupMember member, CancellationToken cancellationToken)
    {
        if (!MemberTable.Fits(member.Name, member.PeerAddress, member.ClientAddress))
            throw new ReplicationException(
                ReplicationError.TooLarge, $"A member's name and addresses have at most {MemberTable.TextCharsMax} characters each.");
        var record = new ByteWriter();
        MemberTable.Write(record, member);
        await Proposals.Submit(record.ToArray(), isMember: true, cancellationToken);
    }

    public async ValueTask ChangeMembersAsync(
        Configuration target, IReadOnlyList<GroupMember> newcomers, CancellationToken cancellationToken)
    {
        // Every replica must know a newcomer's address before one of them has to send to it.
        foreach (var newcomer in newcomers)
            await SetMemberAsync(newcomer, cancellationToken);
        var body = new ByteWriter();
        target.Write(body);
        await OrderAsync(HostService.ChangeMembers, body.ToArray(), cancellationToken);
    }

    /// <summary>Has this replica, which leads, append a payload that is of no session. What comes of it is seen where it is applied.</summary>
    /// <exception cref="ReplicationException">It does not lead, or cannot now.</exception>
    public async ValueTask ProposeAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        Expect<RaftReply.Appended>(await AskCoreInTime(id => new Propose(id, [payload]), cancellationToken));

    /// <summary>Has this replica, which leads, change the configuration.</summary>
    /// <exception cref="ReplicationException">It was refused, or its outcome is not known.</exception>
    public async ValueTask ChangeAsync(Configuration target, CancellationToken cancellationToken) =>
        Expect<RaftReply.ConfigurationChanged>(await AskCoreInTime(id => new ChangeConfiguration(id, target), cancellationToken));

    public async ValueTask TransferAsync(NodeId to, CancellationToken cancellationToken)
    {
        var body = new ByteWriter();
        body.WriteUInt64(to.Value);
        await OrderAsync(HostService.Transfer, body.ToArray(), cancellationToken);
    }

    /// <summary>Hands over to the follower that has the most of the log, and waits a while for it.</summary>
    public async ValueTask HandOverAsync(TimeSpan patience)
    {
        if (!Leads)
            return;
        var (best, match) = (NodeId.None, -1L);
        foreach (var peer in driver.Core.Progress)
        {
            var canLead = peer.Peer != host.Self && driver.Core.Configuration.IsVoter(peer.Peer) && host.Transport.IsUp(peer.Peer);
            if (canLead && peer.Match > match)
                (best, match) = (peer.Peer, peer.Match);
        }

        if (best.IsNone)
            return;
        using var limit = new CancellationTokenSource(patience, host.Machine.Clock);
        try
        {
            await AskCore(id => new TransferLeadership(id, best)).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The others elect a leader by themselves.
        }
    }

    public void Stop()
    {
        stopped = true;
        Proposals.Stop();
        Barriers.Stop();
        foreach (var batch in forwarded)
            batch.TrySetResult(ForwardAnswer.NotLeader);
        forwarded.Clear();
        foreach (var take in requests.Values.ToArray())
            take(new RaftReply.Refused("this node is stopping"));
        requests.Clear();
        Proposals.Dispose();
        Barriers.Dispose();
        retry.Dispose();
    }

    private static void Expect<T>(RaftReply reply)
        where T : RaftReply
    {
        if (reply is not T)
            throw new ReplicationException(
                reply is RaftReply.NotLeader ? ReplicationError.NoLeader : ReplicationError.Unreachable,
                reply is RaftReply.Refused refused ? $"Refused: {refused.Why}." : $"The core answered {reply}.");
    }

    private static Configuration ReadConfiguration(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        return Configuration.Read(ref reader);
    }

    private static NodeId ReadNode(ReadOnlySpan<byte> body) => new(new ByteReader(body).ReadUInt64());

    private static ReplicationException NotLeading() => new(ReplicationError.NoLeader, "This replica does not lead.");

    /// <summary>Has a service done by whoever leads: this replica or another one.</summary>
    /// <exception cref="ReplicationException">Nobody leads, or it could not be done.</exception>
    public ValueTask<ReadOnlyMemory<byte>> OrderAsync(
        HostService service,
        ReadOnlyMemory<byte> body,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> serve,
        CancellationToken cancellationToken)
    {
        if (stopped)
            throw new ReplicationException(ReplicationError.Stopping, "This node is stopping.");
        if (Leads)
            return serve(body, cancellationToken);
        return driver.Core.Leader.IsNone
            ? throw new ReplicationException(ReplicationError.NoLeader, "No leader is known.")
            : CallAsync(driver.Core.Leader, service, body, cancellationToken);
    }

    private async ValueTask OrderAsync(HostService service, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        await OrderAsync(service, body, (order, c) => ServeAsync(service, order, c), cancellationToken);

    private async ValueTask<RaftReply> AskCoreInTime(Func<ulong, RaftInput> input, CancellationToken cancellationToken)
    {
        try
        {
            return await AskCore(input).WaitAsync(host.Options.RequestTimeout, host.Machine.Clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new ReplicationException(ReplicationError.Timeout, "Time ran out; what was asked for may still come about.");
        }
    }

    private Task<RaftReply> AskCore(Func<ulong, RaftInput> input)
    {
        if (!Leads)
            return Task.FromException<RaftReply>(NotLeading());
        var answer = new TaskCompletionSource<RaftReply>();
        var id = ++lastRequest;
        requests.Add(id, reply => answer.TrySetResult(reply));
        driver.Step(input(id));
        return answer.Task;
    }

    private Task<ForwardAnswer> TakeForwarded(ReadOnlyMemory<byte> request)
    {
        var batch = ForwardedBatch.Read(request, host.Options.CommandBytesMax + Sessions.PayloadCodec.OverheadBytes);
        if (!Leads)
            return Task.FromResult(ForwardAnswer.NotLeader);
        forwarded.Add(batch);
        host.Turn();
        return batch.Task;
    }

    private void SubmitToOwnCore()
    {
        var own = Proposals.HasQueued ? Proposals.TakeQueued() : [];
        if (own.Count > 0 || forwarded.Count > 0)
            Propose(own);
        if (!Barriers.WantsRound)
            return;
        var round = Barriers.BeginRound();
        if (host.Options.Raft.LeaseReads && driver.Core.TryReadFromLease(host.Clock.Now, out var index))
        {
            Barriers.Confirmed(round, index, applier.Index);
            return;
        }

        var id = ++lastRequest;
        requests.Add(id, reply => RoundAnswered(round, reply));
        driver.Step(new ReadIndex(id));
    }

    private void RoundAnswered(List<Barrier> round, RaftReply reply)
    {
        if (reply is RaftReply.ReadAt at)
            Barriers.Confirmed(round, at.Index, applier.Index);
        else
        {
            Barriers.Failed(round);
            PauseAndRetry();
        }
    }

    private void Propose(List<Proposal> own)
    {
        var others = forwarded;
        forwarded = [];
        if (host.Journal.IsFull)
        {
            ProposeAnswered(own, others, ForwardAnswer.DiskFull);
            return;
        }

        var payloads = new List<ReadOnlyMemory<byte>>(own.Count);
        foreach (var proposal in own)
            payloads.Add(proposal.Payload);
        foreach (var batch in others)
            payloads.AddRange(batch.Payloads);
        var id = ++lastRequest;
        requests.Add(id, reply => ProposeAnswered(own, others, reply switch
        {
            RaftReply.Appended => ForwardAnswer.Taken,
            RaftReply.NotLeader => ForwardAnswer.NotLeader,
            _ => ForwardAnswer.Busy,
        }));
        driver.Step(new Propose(id, payloads));
    }

    private void ProposeAnswered(List<Proposal> own, List<ForwardedBatch> others, ForwardAnswer answer)
    {
        TakeAnswer(own, answer);
        foreach (var batch in others)
            batch.TrySetResult(answer);
        host.Turn();
    }

    private void TakeAnswer(List<Proposal> proposals, ForwardAnswer answer)
    {
        if (answer == ForwardAnswer.Taken || proposals.Count == 0)
            return;
        Proposals.Refused(proposals, answer switch
        {
            ForwardAnswer.Busy => ReplicationError.Overloaded,
            ForwardAnswer.DiskFull => ReplicationError.DiskFull,
            _ => ReplicationError.NoLeader,
        });
        PauseAndRetry();
    }

    private void SubmitToLeader(LeaderRoute to)
    {
        foreach (var batch in forwarded)
            batch.TrySetResult(ForwardAnswer.NotLeader);
        forwarded.Clear();
        if (!to.IsKnown || to.Leader == host.Self || !host.Transport.IsUp(to.Leader))
            return;
        if (Proposals.HasQueued)
            Forward(to.Leader, Proposals.TakeQueued());
        if (Barriers.WantsRound)
            _ = AskLeaderAsync(to.Leader, Barriers.BeginRound());
    }

    /// <summary>Sends proposals in calls of about <see cref="ForwardBytes"/>.</summary>
    private void Forward(NodeId leader, List<Proposal> proposals)
    {
        for (var from = 0; from < proposals.Count;)
        {
            var to = from;
            for (var bytes = 0; to < proposals.Count && (to == from || bytes + proposals[to].Payload.Length <= ForwardBytes); to++)
                bytes += proposals[to].Payload.Length;
            scratch.Clear();
            ForwardedBatch.Write(scratch, proposals, from, to);
            var call = host.Transport.Calls.CallAsync(
                leader, group, (byte)HostService.Propose, scratch.WrittenSpan, host.Options.RequestTimeout, CancellationToken.None);
            _ = AwaitAnswerAsync(call, proposals.GetRange(from, to - from));
            from = to;
        }
    }

    private async Task AwaitAnswerAsync(Task<ReadOnlyMemory<byte>> call, List<Proposal> proposals)
    {
        try
        {
            var answer = await call;
            TakeAnswer(proposals, answer.Length == 1 ? (ForwardAnswer)answer.Span[0] : ForwardAnswer.NotLeader);
        }
        catch (PeerCallException e)
        {
            // Only when it was not sent, or not begun, it is sure that the leader does not have them.
            if (e.Error is PeerCallError.NotSent or PeerCallError.Overloaded)
                Proposals.Refused(proposals, ReplicationError.NoLeader);
            else
                Proposals.Lost(proposals);
            PauseAndRetry();
        }
    }

    private async Task AskLeaderAsync(NodeId leader, List<Barrier> round)
    {
        try
        {
            var answer = await host.Transport.Calls.CallAsync(
                leader, group, (byte)HostService.ReadIndex, [], host.Options.RequestTimeout, CancellationToken.None);
            Barriers.Confirmed(round, (long)new ByteReader(answer.Span).ReadUInt64(), applier.Index);
        }
        catch (Exception e) when (e is PeerCallException or MalformedInputException)
        {
            Barriers.Failed(round);
            PauseAndRetry();
        }
    }

    /// <summary>Waits a little before the next try, so that a leader that cannot take more is not asked without end.</summary>
    private void PauseAndRetry()
    {
        if (!stopped && !retry.IsSet)
            retry.Set(RetryPause);
    }
}
