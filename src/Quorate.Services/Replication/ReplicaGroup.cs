using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Journal;
using Quorate.Services.Replication.Levels;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Peers;
using Quorate.Storage.Snapshots;

namespace Quorate.Services.Replication;

/// <summary>One group on one node: wires the core, the queues, the applier and the snapshots together.</summary>
internal sealed class ReplicaGroup : IReplicatedGroup
{
    private readonly HostContext host;
    private readonly Applier applier;
    private readonly RaftDriver driver;
    private readonly LeaderWork work;
    private readonly SnapshotTaker taker;
    private readonly SnapshotExchange exchange;
    private readonly GroupMembership membership;
    private readonly GroupUpgrade upgrade;
    private readonly SortedDictionary<byte, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>>> handlers = [];
    private readonly GroupMember own;
    private Configuration? dialled;
    private long announcedTerm;
    private NodeId lastLeader;
    private bool ownIsAnnounced;
    private bool isMember;
    private bool stopped;

    private ReplicaGroup(
        HostContext host, GroupSetup setup, SnapshotFiles files, GroupJournal journal, RaftInitialState initial,
        Applier applier, LeaderWork work)
    {
        this.host = host;
        this.applier = applier;
        this.work = work;
        Id = setup.GroupId;
        Journal = journal;
        Snapshots = files.Store;
        own = host.OwnMember;
        exchange = new SnapshotExchange(host, setup.GroupId, files, setup.Machine, applier)
        {
            Driver = () => driver!,
            Taker = () => taker!,
            Journal = journal,
            Installed = SnapshotInstalled,
            Broken = e => Broken?.Invoke(e),
        };
        driver = new RaftDriver(host, setup.GroupId, journal, initial)
        {
            Replied = work.Replied,
            ChunkArrived = exchange.Keep,
            SnapshotWanted = exchange.Send,
        };
        work.Attach(driver);
        membership = new GroupMembership(host, setup.GroupId, applier, work, driver);
        upgrade = new GroupUpgrade(host, setup.GroupId, applier, work, driver);
        taker = new SnapshotTaker(host, files, setup.Machine, applier, driver, journal);
        taker.Compacted += () => Compacted?.Invoke();
        applier.ConfigurationApplied += ConfigurationChanged;
    }

    public ulong Id { get; }

    public GroupJournal Journal { get; }

    public SnapshotStore Snapshots { get; }

    public RaftCore Core => driver.Core;

    /// <summary>Raised when this node cannot go on.</summary>
    public event Action<Exception>? Broken;

    /// <summary>Raised when the shared log can be trimmed.</summary>
    public event Action? Compacted;

    /// <summary>Raised when a configuration was applied, so that peers may have come or gone.</summary>
    public event Action? ConfigurationApplied;

    public event Action<bool>? LeadershipChanged;

    public NodeId Self => host.Self;

    public IReadOnlyList<GroupMember> Members => applier.Members.Of(driver.Core.Configuration);

    public IGroupMembership Membership => membership;

    public NodeId Leader => driver.Core.Leader;

    public bool IsLeader => driver.Core.Role == RaftRole.Leader;

    public long Term => driver.Core.Term;

    public long AppliedIndex => applier.Index;

    public long CommitIndex => driver.Core.CommitIndex;

    public int Level => applier.Level;

    public int Inflight => work.Proposals.Inflight;

    public int Pending => Inflight;

    public long LeaderChanges { get; private set; }

    /// <summary>Everyone whom this group knows by address.</summary>
    public IEnumerable<GroupMember> KnownMembers => applier.Members.All;

    /// <summary>Recovers a group: from its newest snapshot and the records behind it, or as a new one.</summary>
    /// <exception cref="CorruptFileException">The log and the snapshots do not fit together.</exception>
    public static async ValueTask<ReplicaGroup> OpenAsync(HostContext host, GroupSetup setup, CancellationToken cancellationToken)
    {
        var store = await SnapshotStore.OpenAsync(host.Machine.Disk, $"snap/g{setup.GroupId}", cancellationToken);
        var files = new SnapshotFiles(store);
        var journal = host.Journal.Group(setup.GroupId);
        var recovered = journal.TakeRecovered();
        // Every group's first record is durable before it takes part: a snapshot alone means that the log, and the vote in it, is gone.
        if (recovered is null && store.Latest is { } orphan)
            throw new CorruptFileException(
                $"snap/g{setup.GroupId}", 0, $"there is a snapshot of {orphan.Sequence}, and the log holds nothing of the group");
        var isNew = recovered is null;
        recovered ??= new RecoveredGroup();
        var proposals = new ProposalQueue(host);
        var applier = new Applier(host, setup.Machine, proposals);
        var work = new LeaderWork(host, setup.GroupId, applier, proposals, new BarrierQueue(host));
        foreach (var member in host.Options.Members)
            applier.Members.Hint(HostContext.Describe(member));
        applier.MemberSet += member => work.TellPeer(member);
        if (isNew)
            recovered.BeginAt(0, 0, FirstConfiguration(host, setup));
        var logBegins = recovered.HasBase ? recovered.BaseIndex : -1;
        await RestoreAsync(recovered, files, applier, setup.GroupId, setup.Machine, cancellationToken);
        applier.CheckLevels(recovered.Entries);
        if (isNew || logBegins != recovered.BaseIndex)
            journal.AppendBase(recovered.HardState, recovered.BaseIndex, recovered.BaseTerm, recovered.BaseConfiguration);
        await host.Journal.CommitAsync(cancellationToken);
        var initial = new RaftInitialState(
            recovered.HardState, recovered.BaseIndex, recovered.BaseTerm, recovered.BaseConfiguration, recovered.Entries);
        return new ReplicaGroup(host, setup, files, journal, initial, applier, work);
    }

    /// <summary>Restores the newest snapshot, and has the log begin behind it.</summary>
    /// <exception cref="CorruptFileException">It is damaged, or the log does not go on from it.</exception>
    public static async ValueTask RestoreAsync(
        RecoveredGroup recovered, SnapshotFiles files, Applier applier, ulong groupId, IStateMachine machine,
        CancellationToken cancellationToken)
    {
        if (files.Store.Latest is not { } latest)
        {
            if (recovered.BaseIndex > 0)
                throw new CorruptFileException(
                    $"snap/g{groupId}", 0, $"the log begins behind a snapshot of {recovered.BaseIndex}, which is missing");
            applier.BeginAt(0, 0, recovered.BaseConfiguration);
            return;
        }

        if (latest.Sequence < recovered.BaseIndex)
            throw new CorruptFileException(
                $"snap/g{groupId}",
                0,
                $"the newest snapshot is of {latest.Sequence}, and the log begins behind {recovered.BaseIndex}");
        await files.RestoreAsync(latest, applier, machine, cancellationToken);
        recovered.BeginAt(latest.Sequence, applier.Term, applier.Configuration);
    }

    public void Start() => driver.Start();

    public void RaftArrived(NodeId from, ReadOnlyMemory<byte> message) =>
        driver.Step(new Received(from, RaftCodec.Read(message, copies: true)));

    public void LinkChanged(NodeId peer) => driver.Step(new PeerReset(peer));

    public void PeerGone(NodeId peer) => driver.Step(new PeerGone(peer));

    public void JournalCommitted() => driver.JournalCommitted();

    /// <summary>Hands what gathered in this turn to the leader.</summary>
    public void SubmitTurn()
    {
        if (stopped)
            return;
        AnnounceLeadership();
        AnnounceOwn();
        DialMembers();
        membership.Look();
        upgrade.Look();
        work.Submit();
    }

    /// <summary>Applies a slice of what is committed, and completes who waited for it.</summary>
    /// <returns>Whether more is left.</returns>
    public bool ApplyTurn()
    {
        if (stopped)
            return false;
        bool more;
        try
        {
            more = applier.Run(driver.Core);
        }
        catch (ReleaseTooOldException e)
        {
            stopped = true;
            Broken?.Invoke(e);
            return false;
        }
        catch (Exception e)
        {
            // The entry is committed and this replica cannot apply it: it would no longer be like the others.
            stopped = true;
            host.Machine.Fail(e);
            return false;
        }

        work.Applied();
        driver.Core.ReleasePayloads(applier.Index);
        AnnounceLeadership();
        taker.Look();
        return more;
    }

    public ValueTask<byte[]> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        // A node whose disk is full cannot vote: where a majority is full, no leader comes until there is room.
        if (host.Journal.IsFull && Leader.IsNone)
            return ValueTask.FromException<byte[]>(
                new ReplicationException(ReplicationError.DiskFull, "The disk is full and there is no leader; the command was not applied."));
        return new(work.Proposals.Submit(command, isMember: false, cancellationToken));
    }

    public ValueTask ReadBarrierAsync(CancellationToken cancellationToken) =>
        new(work.Barriers.Wait(waitsForApply: true, cancellationToken));

    public async ValueTask<byte[]> CallAsync(NodeId node, byte method, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        if (stopped)
            throw new ReplicationException(ReplicationError.Stopping, "This node is stopping.");
        if (node == host.Self)
            return await CallOwnAsync(method, request, cancellationToken);
        var body = new byte[request.Length + 1];
        body[0] = method;
        request.CopyTo(body.AsMemory(1));
        return (await work.CallAsync(node, HostService.Method, body, cancellationToken)).ToArray();
    }

    public void Handle(byte method, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<byte[]>> handler) => handlers[method] = handler;

    /// <summary>Has a member whose data is damaged taken for one that has nothing yet.</summary>
    public ValueTask<Readmission> ReadmitAsync(NodeId member, CancellationToken cancellationToken) =>
        membership.ReadmitAsync(member, cancellationToken);

    /// <summary>Serves another host.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ServeAsync(byte service, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        if (stopped)
            throw new ReplicationException(ReplicationError.Stopping, "This node is stopping.");
        if ((HostService)service == HostService.Membership)
            return await membership.ServeAsync(request, cancellationToken);
        // A node that is held to the first level answers as the releases that knew no other.
        if ((HostService)service == HostService.Level && host.Options.LevelMax > FeatureLevel.First)
            return GroupUpgrade.Answer(host.Options.LevelMax);
        if ((HostService)service != HostService.Method)
            return await work.ServeAsync((HostService)service, request, cancellationToken);
        if (request.IsEmpty || !handlers.TryGetValue(request.Span[0], out var handler))
            throw new ReplicationException(ReplicationError.Unreachable, $"Group {Id} has no such method.");
        return await handler(request[1..], cancellationToken);
    }

    public ValueTask ChangeMembersAsync(Configuration target, IReadOnlyList<GroupMember> newcomers, CancellationToken cancellationToken) =>
        work.ChangeMembersAsync(target, newcomers, cancellationToken);

    public ValueTask TransferLeadershipAsync(NodeId to, CancellationToken cancellationToken) => work.TransferAsync(to, cancellationToken);

    /// <summary>Makes the group's older records superfluous, so that the shared log can be trimmed behind them.</summary>
    public void LetGoOfOldRecords(long copyBytesMax)
    {
        var core = driver.Core;
        // The log in memory is about to be replaced by a snapshot that the journal may name as its base already: copies of the old entries
        // behind the new base would not continue it.
        if (core.IsRestoring)
            return;
        // Where payloads were let go already, they are more than are worth copying.
        var bytes = core.FirstInMemory > core.FirstIndex ? copyBytesMax + 1 : 0;
        var entries = new List<Entry>();
        for (var index = core.FirstIndex; index <= core.LastIndex && bytes <= copyBytesMax; index++)
        {
            entries.Add(core.EntryAt(index));
            bytes += entries[^1].Payload.Length + 32;
        }

        if (bytes > copyBytesMax)
            taker.IsWanted = true;
        else
            Journal.CopyForward(entries);
        host.Turn();
    }

    /// <summary>Asks for a snapshot, since the one that there is can no longer be read.</summary>
    public void WantSnapshot()
    {
        taker.IsWanted = true;
        host.Turn();
    }

    /// <summary>Hands over leadership where that can be done soon.</summary>
    public ValueTask HandOverAsync(TimeSpan patience) => work.HandOverAsync(patience);

    public async ValueTask StopAsync()
    {
        stopped = true;
        membership.Dispose();
        upgrade.Dispose();
        work.Stop();
        driver.Dispose();
        await taker.StopAsync();
        await exchange.StopAsync();
        AnnounceLeadership();
    }

    private static Configuration FirstConfiguration(HostContext host, GroupSetup setup) =>
        new(setup.Voters ?? host.Options.Members.Select(member => member.Id).ToArray());

    private async ValueTask<byte[]> CallOwnAsync(byte method, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        if (!handlers.TryGetValue(method, out var handler))
            throw new ReplicationException(ReplicationError.Unreachable, $"Group {Id} has no method {method}.");
        try
        {
            return await handler(request, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException and not ReplicationException)
        {
            throw new ReplicationException(ReplicationError.Unreachable, e.Message);
        }
    }

    private void ConfigurationChanged(Configuration now)
    {
        if (isMember && !now.IsMember(Self))
            host.Machine.Telemetry.Record(
                Severity.Error, "replication", $"Group {Id}: this node was removed. It serves nothing more; stop it, its data can go.");
        isMember = now.IsMember(Self);
        ConfigurationApplied?.Invoke();
    }

    private void SnapshotInstalled()
    {
        work.Restored();
        Compacted?.Invoke();
        host.Turn();
    }

    /// <summary>Tells the service when this replica begins to lead, its first entry of the term applied, and when it has stopped.</summary>
    private void AnnounceLeadership()
    {
        if (!Leader.IsNone && Leader != lastLeader)
        {
            lastLeader = Leader;
            LeaderChanges++;
        }

        var leads = !stopped && IsLeader && applier.NoopTerm == Term ? Term : 0;
        if (leads == announcedTerm)
            return;
        var before = announcedTerm;
        announcedTerm = leads;
        if (before > 0)
            LeadershipChanged?.Invoke(false);
        if (leads > 0)
            LeadershipChanged?.Invoke(true);
    }

    /// <summary>
    /// A node that was removed is no longer dialled after a while: whenever the configuration in force is another, its members are.
    /// </summary>
    private void DialMembers()
    {
        var current = driver.Core.Configuration;
        if (ReferenceEquals(current, dialled))
            return;
        dialled = current;
        foreach (var id in current.Members)
        {
            if (applier.Members.Find(id) is { } member)
                work.TellPeer(member);
        }
    }

    /// <summary>Tells the group this node's own name and addresses, where it knows others or none.</summary>
    private void AnnounceOwn()
    {
        if (ownIsAnnounced || Leader.IsNone || applier.Index < driver.Core.CommitIndex || !driver.Core.Configuration.IsMember(Self))
            return;
        ownIsAnnounced = true;
        var known = applier.Members.Replicated(Self);
        // What every first member was told of the others at its start needs not be said: their names and peer addresses.
        if (known is null && own.ClientAddress.Length == 0)
            return;
        // Whether it waits for a vote is not its own to say.
        var said = own with { PromoteWhenReady = known is { PromoteWhenReady: true } };
        if (known != said)
            _ = AnnounceOwnAsync(said);
    }

    private async Task AnnounceOwnAsync(GroupMember said)
    {
        try
        {
            await work.SetMemberAsync(said, CancellationToken.None);
        }
        catch (ReplicationException)
        {
            ownIsAnnounced = stopped;
        }
    }
}
