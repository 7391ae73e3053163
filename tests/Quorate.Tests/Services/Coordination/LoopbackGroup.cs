using Quorate.Kernel.Identity;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Members;

namespace Quorate.Tests.Services.Coordination;

/// <summary>A group of one replica in memory: what is proposed is applied at once. Leadership and errors are set by the test.</summary>
internal sealed class LoopbackGroup(IStateMachine machine) : IReplicatedGroup, IGroupMembership
{
    private readonly Dictionary<byte, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>>> handlers = [];

    public event Action<bool>? LeadershipChanged;

    public NodeId Self { get; } = NodeId.FromName("n1");

    public IReadOnlyList<GroupMember> Members => [new(Self, "n1", "127.0.0.1:7000", "127.0.0.1:2379", false)];

    public IGroupMembership Membership => this;

    /// <summary>What steps of membership are answered with.</summary>
    public MembershipAnswer MembershipAnswer { get; set; }

    /// <summary>The members that were added.</summary>
    public List<GroupMember> Added { get; } = [];

    public NodeId Leader => IsLeader ? Self : NodeId.None;

    public bool IsLeader { get; private set; } = true;

    public long Term { get; private set; } = 1;

    public long AppliedIndex { get; private set; }

    public long CommitIndex => AppliedIndex;

    public int Pending => 0;

    public long LeaderChanges => Term;

    public int Barriers { get; private set; }

    /// <summary>What the next proposals fail with.</summary>
    public ReplicationError? ProposeError { get; set; }

    /// <summary>Sees each command that is proposed; what it throws, the proposer gets.</summary>
    public Action<ReadOnlyMemory<byte>>? OnPropose { get; set; }

    public async ValueTask<byte[]> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        OnPropose?.Invoke(command);
        if (ProposeError is { } error)
            throw new ReplicationException(error, "as the test wishes");
        await Task.Yield();
        return machine.Apply(++AppliedIndex, command);
    }

    public ValueTask ReadBarrierAsync(CancellationToken cancellationToken)
    {
        Barriers++;
        return IsLeader ? ValueTask.CompletedTask : throw new ReplicationException(ReplicationError.NoLeader, "no leader");
    }

    public ValueTask TransferLeadershipAsync(NodeId to, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<byte[]> CallAsync(NodeId node, byte method, ReadOnlyMemory<byte> request, CancellationToken cancellationToken) =>
        handlers[method](request, cancellationToken);

    public void Handle(byte method, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>> handler) => handlers.Add(method, handler);

    public ValueTask<MembershipAnswer> AddAsync(GroupMember member, CancellationToken cancellationToken)
    {
        Added.Add(member);
        return new(MembershipAnswer);
    }

    public ValueTask<MembershipAnswer> PromoteAsync(NodeId member, CancellationToken cancellationToken) => new(MembershipAnswer);

    public ValueTask<MembershipAnswer> RemoveAsync(NodeId member, CancellationToken cancellationToken) => new(MembershipAnswer);

    public ValueTask<MembershipAnswer> MoveAsync(NodeId member, string peerAddress, CancellationToken cancellationToken) =>
        new(MembershipAnswer);

    public void Lose()
    {
        IsLeader = false;
        LeadershipChanged?.Invoke(false);
    }

    public void Win()
    {
        (IsLeader, Term) = (true, Term + 1);
        LeadershipChanged?.Invoke(true);
    }
}
