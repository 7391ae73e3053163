using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Protocols.Raft.Replication;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Peers;
using Quorate.Services.Replication.Timing;

namespace Quorate.Services.Replication;

/// <summary>Takes the steps of a group's membership to whoever leads, and takes them where this replica does.</summary>
internal sealed class GroupMembership : IGroupMembership, IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PromotionPause = TimeSpan.FromMilliseconds(200);

    private readonly HostContext host;
    private readonly ulong group;
    private readonly Applier applier;
    private readonly LeaderWork work;
    private readonly RaftDriver driver;
    private readonly StrandTimer promotions;
    private bool stepping;
    private bool stopped;

    public GroupMembership(HostContext host, ulong group, Applier applier, LeaderWork work, RaftDriver driver)
    {
        (this.host, this.group, this.applier, this.work, this.driver) = (host, group, applier, work, driver);
        promotions = new StrandTimer(host.Clock, host.Strand, () => _ = PromoteReadyAsync());
    }

    private bool Leads => driver.Core.Role == RaftRole.Leader;

    public ValueTask<MembershipAnswer> AddAsync(GroupMember member, CancellationToken cancellationToken)
    {
        if (!MemberTable.Fits(member.Name, member.PeerAddress, member.ClientAddress))
            throw new ReplicationException(
                ReplicationError.TooLarge, $"A member's name and addresses have at most {MemberTable.TextCharsMax} characters each.");
        return OrderAsync(new MembershipStep(MembershipStepKind.Add, member), cancellationToken);
    }

    public ValueTask<MembershipAnswer> PromoteAsync(NodeId member, CancellationToken cancellationToken) =>
        OrderAsync(MembershipStep.Of(MembershipStepKind.Promote, member), cancellationToken);

    public ValueTask<MembershipAnswer> RemoveAsync(NodeId member, CancellationToken cancellationToken) =>
        OrderAsync(MembershipStep.Of(MembershipStepKind.Remove, member), cancellationToken);

    public ValueTask<MembershipAnswer> MoveAsync(NodeId member, string peerAddress, CancellationToken cancellationToken)
    {
        if (!MemberTable.Fits("", peerAddress, ""))
            throw new ReplicationException(
                ReplicationError.TooLarge, $"An address has at most {MemberTable.TextCharsMax} characters.");
        return OrderAsync(
            new MembershipStep(MembershipStepKind.Move, new GroupMember(member, "", peerAddress, "", false)), cancellationToken);
    }

    /// <summary>Has whoever leads take a member whose data is damaged for one that has nothing yet. Tried once: it asks again itself.</summary>
    public async ValueTask<Readmission> ReadmitAsync(NodeId member, CancellationToken cancellationToken)
    {
        var step = MembershipStep.Of(MembershipStepKind.Readmit, member);
        return Readmission.Read((await work.OrderAsync(HostService.Membership, step.ToArray(), ServeAsync, cancellationToken)).Span);
    }

    /// <summary>Serves another host.</summary>
    /// <exception cref="MalformedInputException">The bytes are not a step.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ServeAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        var step = MembershipStep.Read(request.Span);
        var answer = await StepAsync(step, cancellationToken);
        return step.Kind == MembershipStepKind.Readmit
            ? (await ConfirmedAsync(step.Member.Id, answer, cancellationToken)).ToArray() : new[] { (byte)answer };
    }

    /// <summary>Looks, where this replica leads, whether somebody waits for a vote. Called at the end of a turn.</summary>
    public void Look()
    {
        if (!promotions.IsSet && !stopped && Leads && driver.Core.Configuration.Learners.Count > 0)
            promotions.Set(PromotionPause);
    }

    public void Dispose()
    {
        stopped = true;
        promotions.Dispose();
    }

    /// <summary>
    /// Has a step taken. While another one is under way, or nobody leads, it is tried again, as long as a call may take.
    /// </summary>
    private async ValueTask<MembershipAnswer> OrderAsync(MembershipStep step, CancellationToken cancellationToken)
    {
        var deadline = host.Clock.Now + host.Options.RequestTimeout;
        var wasLost = false;
        while (true)
        {
            try
            {
                var answer = await OrderOnceAsync(step, cancellationToken);
                if (answer != MembershipAnswer.ChangeUnderWay || host.Clock.Now >= deadline)
                    return wasLost && answer == AnswerOfASecondTime(step.Kind) ? MembershipAnswer.Done : answer;
            }
            catch (ReplicationException e) when (e.Error is ReplicationError.NoLeader or ReplicationError.Unreachable && host.Clock.Now < deadline)
            {
                // The one that led may have taken it before it went.
                wasLost |= e.Error == ReplicationError.Unreachable;
            }

            await Task.Delay(RetryPause, host.Machine.Clock, cancellationToken);
        }
    }

    /// <summary>How a step that was taken is answered when it comes again.</summary>
    private static MembershipAnswer AnswerOfASecondTime(MembershipStepKind kind) => kind switch
    {
        MembershipStepKind.Add => MembershipAnswer.MemberExists,
        MembershipStepKind.Promote => MembershipAnswer.NotLearner,
        MembershipStepKind.Remove => MembershipAnswer.NotFound,
        _ => MembershipAnswer.Done,
    };

    private async ValueTask<MembershipAnswer> OrderOnceAsync(MembershipStep step, CancellationToken cancellationToken)
    {
        var answer = await work.OrderAsync(HostService.Membership, step.ToArray(), ServeAsync, cancellationToken);
        return answer.Length == 1
            ? (MembershipAnswer)answer.Span[0]
            : throw new ReplicationException(ReplicationError.Unreachable, $"The leader answered with {answer.Length} bytes.");
    }

    private async ValueTask<MembershipAnswer> StepAsync(MembershipStep step, CancellationToken cancellationToken)
    {
        if (!Leads)
            throw new ReplicationException(ReplicationError.NoLeader, "This replica does not lead.");
        if (stepping)
            return MembershipAnswer.ChangeUnderWay;
        stepping = true;
        try
        {
            return await TakeAsync(step, cancellationToken);
        }
        finally
        {
            stepping = false;
        }
    }

    private async ValueTask<MembershipAnswer> TakeAsync(MembershipStep step, CancellationToken cancellationToken)
    {
        if (Decide(step, out _) is not MembershipAnswer.Done and var refusal)
            return refusal;
        if (Described(step) is { } described)
            await work.SetMemberAsync(described, cancellationToken);
        if (step.Kind == MembershipStepKind.Move)
            return MembershipAnswer.Done;
        // Much can have happened while the address was on its way to the disks.
        if (Decide(step, out var target) is not MembershipAnswer.Done and var lateRefusal)
            return lateRefusal;
        await work.ChangeAsync(target, cancellationToken);
        return MembershipAnswer.Done;
    }

    /// <summary>
    /// The readmission, once it is sure that this replica still leads: a majority of the voters without the member has then followed it
    /// after the member stopped, so that nothing the member promised in a later term can come to anything.
    /// </summary>
    private async ValueTask<Readmission> ConfirmedAsync(NodeId member, MembershipAnswer answer, CancellationToken cancellationToken)
    {
        if (answer != MembershipAnswer.Done)
            return new Readmission(answer, 0, NodeId.None);
        await work.Barriers.Wait(waitsForApply: false, cancellationToken);
        var core = driver.Core;
        if (!Leads || core.Configuration.IsJoint || core.Configuration.IsVoter(member))
            return new Readmission(MembershipAnswer.ChangeUnderWay, 0, NodeId.None);
        host.Transport.DropIncoming(member);
        driver.Step(new PeerEmptied(member));
        return new Readmission(MembershipAnswer.Done, core.Term, host.Self);
    }

    /// <summary>What a step changes of how a member is described; null where it changes nothing.</summary>
    private GroupMember? Described(MembershipStep step)
    {
        var known = applier.Members.Find(step.Member.Id);
        return step.Kind switch
        {
            MembershipStepKind.Add => step.Member,
            MembershipStepKind.Move => known is null ? step.Member : known with { PeerAddress = step.Member.PeerAddress },
            MembershipStepKind.Readmit when known is not null && driver.Core.Configuration.IsVoter(known.Id) =>
                known with { PromoteWhenReady = true },
            _ => null,
        };
    }

    private MembershipAnswer Decide(MembershipStep step, out Configuration target)
    {
        var core = driver.Core;
        var plan = new MembershipPlan(core.Configuration, applier.Members.Of(core.Configuration), IsUp);
        return plan.Decide(step, ProgressOf(step.Member.Id), core.CommitIndex, out target);
    }

    private PeerProgress? ProgressOf(NodeId member)
    {
        foreach (var progress in driver.Core.Progress)
        {
            if (progress.Peer == member)
                return progress;
        }

        return null;
    }

    private bool IsUp(NodeId member) => member == host.Self || host.Transport.IsUp(member);

    private async Task PromoteReadyAsync()
    {
        try
        {
            foreach (var member in applier.Members.Of(driver.Core.Configuration))
            {
                if (member is { IsLearner: true, PromoteWhenReady: true } && Leads && !stopped)
                    await StepAsync(MembershipStep.Of(MembershipStepKind.Promote, member.Id), CancellationToken.None);
            }
        }
        catch (ReplicationException e)
        {
            host.Machine.Telemetry.Record(Severity.Information, "replication", $"Group {group}: a learner got no vote yet: {e.Message}");
        }

        Look();
    }
}
