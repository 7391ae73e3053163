using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Journal;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Peers;
using Quorate.Services.Replication.Timing;
using Quorate.Storage.Folders;
using Quorate.Storage.Logs;

namespace Quorate.Services.Replication;

/// <summary>
/// Runs the replicas of a node: any number of groups, which share one log and one connection to each peer. It lives on one strand.
/// </summary>
/// <remarks>
/// Guarantee: a command whose call returned is on the disks of a majority and is applied exactly once on every replica, in one order;
/// a read behind <see cref="IReplicatedGroup.ReadBarrierAsync"/> sees every command that was acknowledged before.
/// Cost: a command costs one round to a majority and one sync there; all that gathers in a turn shares them.
/// Fails when: a majority of a group's voters is down or cut off: then calls fail in time, and nothing acknowledged is lost.
/// When the node's own log fails, <see cref="Completion"/> does, and the node must be started anew.
/// Source: Ongaro, "Consensus: Bridging Theory and Practice", Stanford 2014, chapters 3 to 6 and 9.
/// </remarks>
public sealed class ReplicaHost : IAsyncDisposable
{
    private const long CopyBytesMax = 4 << 20;
    private const int FrameBytesMax = 12 << 20;
    private static readonly TimeSpan FullDiskPause = TimeSpan.FromSeconds(1);

    private readonly HostContext context;
    private readonly SortedDictionary<ulong, ReplicaGroup> groups = [];
    private readonly List<ulong> dirty = [];
    private readonly List<ReplicaGroup> turn = [];
    private readonly Action runTurn;
    private readonly StrandTimer fullDisk;
    private readonly StrandTimer peerSweep;
    private readonly ReplicationMetrics metrics;
    private readonly Scrubber scrubber;
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The values of groups, in their order: every turn and every commit looks at all of them.
    private ReplicaGroup[] ordered = [];
    private bool turnPosted;
    private bool stopped;
    private Task? disposing;

    private ReplicaHost(IMachine machine, Strand strand, MonotonicClock clock, ReplicaHostOptions options, SharedJournal journal)
    {
        context = new HostContext(machine, strand, clock, options, journal, Turn);
        runTurn = RunTurn;
        fullDisk = new StrandTimer(clock, strand, RetryFullDisk);
        peerSweep = new StrandTimer(clock, strand, ForgetStrangers);
        metrics = new ReplicationMetrics(machine.Telemetry, options.NodeName, () => groups.Values);
        scrubber = new Scrubber(context, () => ordered) { LogDamaged = LogDamagedAsync };
        journal.Committed += _ => JournalCommitted();
        journal.FullChanged += DiskFullChanged;
        journal.Broken += Break;
    }

    /// <summary>This node.</summary>
    public NodeId Self => context.Self;

    /// <summary>Where it really listens for peers.</summary>
    public NetworkAddress PeerAddress => context.Transport.Local;

    /// <summary>Ends when the host is disposed; fails when the node cannot go on, because its log or disk failed.</summary>
    public Task Completion => completion.Task;

    /// <summary>Recovers the groups from the disk, listens, and begins to take part.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="strand">Where everything runs; calls on the groups come on it.</param>
    /// <param name="options">The settings.</param>
    /// <param name="groups">The groups of this node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The settings cannot work.</exception>
    /// <exception cref="CorruptFileException">The disk holds what was never written there.</exception>
    /// <exception cref="IOException">The disk failed, or the address is in use.</exception>
    public static ValueTask<ReplicaHost> StartAsync(
        IMachine machine, Strand strand, ReplicaHostOptions options, IReadOnlyList<GroupSetup> groups, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(strand);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(groups);
        options.Validate();
        return new ValueTask<ReplicaHost>(
            strand.InvokeAsync(() => StartOnStrandAsync(machine, strand, options, groups, cancellationToken)));
    }

    /// <summary>A group of this node.</summary>
    /// <param name="id">Which.</param>
    /// <exception cref="KeyNotFoundException">The node does not take part in it.</exception>
    public IReplicatedGroup Group(ulong id) =>
        groups.TryGetValue(id, out var group) ? group : throw new KeyNotFoundException($"This node has no group {id}.");

    /// <summary>Looks at the Raft server of a group on this node.</summary>
    /// <param name="id">Which.</param>
    /// <exception cref="KeyNotFoundException">The node does not take part in it.</exception>
    public RaftView Inspect(ulong id) => new(Find(id).Core);

    /// <summary>Takes part in one more group.</summary>
    /// <param name="setup">The group.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The node takes part in it already.</exception>
    /// <exception cref="InvalidOperationException">Opening it is under way, or failed before: start the node anew.</exception>
    /// <exception cref="ReplicationException">The node is stopping.</exception>
    public Task<IReplicatedGroup> AddGroupAsync(GroupSetup setup, CancellationToken cancellationToken) =>
        context.Strand.InvokeAsync<IReplicatedGroup>(async () =>
        {
            ArgumentNullException.ThrowIfNull(setup);
            var group = await OpenGroupAsync(setup, cancellationToken);
            TellPeers(group);
            group.Start();
            return group;
        });

    /// <summary>Changes who belongs to a group. Any replica may be asked; it asks the leader.</summary>
    /// <param name="groupId">Which group.</param>
    /// <param name="target">Who shall belong to it.</param>
    /// <param name="newcomers">Names and addresses of those who were not members before.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may still come.</param>
    /// <exception cref="ReplicationException">
    /// It was refused, or its outcome is not known: ask <see cref="IReplicatedGroup.Members"/>.
    /// </exception>
    public Task ChangeMembersAsync(
        ulong groupId, Configuration target, IReadOnlyList<PeerMember> newcomers, CancellationToken cancellationToken) =>
        context.Strand.InvokeAsync(
            () => Find(groupId).ChangeMembersAsync(target, newcomers.Select(HostContext.Describe).ToArray(), cancellationToken).AsTask());

    /// <summary>Hands leadership of a group to another voter. Any replica may be asked; it asks the leader.</summary>
    /// <param name="groupId">Which group.</param>
    /// <param name="to">The voter that shall lead.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ReplicationException">It was refused or did not come about in time.</exception>
    public Task TransferLeadershipAsync(ulong groupId, NodeId to, CancellationToken cancellationToken) =>
        context.Strand.InvokeAsync(() => Find(groupId).TransferLeadershipAsync(to, cancellationToken).AsTask());

    /// <summary>
    /// Gives this node's data up: it ends, and when it is started anew it takes everything from its peers. Only with
    /// <see cref="ReplicaHostOptions.RepairsFromPeers"/>.
    /// </summary>
    /// <param name="why">What is wrong with the data, in words.</param>
    /// <exception cref="InvalidOperationException">The node may not repair itself, or has too few peers to.</exception>
    public Task GiveUpDataAsync(string why) => context.Strand.InvokeAsync(() => ReplicaRepair.IsPossible(context.Options)
        ? GiveUpAsync(why) : throw new InvalidOperationException("This node may not repair itself from its peers."));

    /// <summary>
    /// Hands over leadership where it can, fails what is under way with <see cref="ReplicationError.Stopping"/>, and closes the
    /// log.
    /// </summary>
    public ValueTask DisposeAsync() => new(context.Strand.InvokeAsync(() => disposing ??= StopAsync()));

    private async Task GiveUpAsync(string why)
    {
        await RepairMark.WriteAsync(context.Machine.Disk, why, CancellationToken.None);
        Break(new RepairNeededException(why));
    }

    /// <summary>Where no peers can help, it stays as it is: the node goes on with what it has in memory.</summary>
    private Task LogDamagedAsync(string why) => ReplicaRepair.IsPossible(context.Options) ? GiveUpAsync(why) : Task.CompletedTask;

    private static Task<ReplicaHost> StartOnStrandAsync(
        IMachine machine, Strand strand, ReplicaHostOptions options, IReadOnlyList<GroupSetup> groups, CancellationToken cancellationToken)
    {
        Task<ReplicaHost> Open() => OpenAsync(machine, strand, options, groups, cancellationToken);
        return options.RepairsFromPeers ? new ReplicaRepair(machine, options, groups).OpenAsync(Open, cancellationToken) : Open();
    }

    private static async Task<ReplicaHost> OpenAsync(
        IMachine machine, Strand strand, ReplicaHostOptions options, IReadOnlyList<GroupSetup> groups, CancellationToken cancellationToken)
    {
        var log = new WriteAheadLogOptions { SegmentBytes = options.LogSegmentBytes, Sometimes = machine.Telemetry.Sometimes };
        var journal = await SharedJournal.OpenAsync(machine.Disk, log, cancellationToken);
        var host = new ReplicaHost(machine, strand, new MonotonicClock(machine.Clock), options, journal);
        try
        {
            foreach (var setup in groups)
                await host.OpenGroupAsync(setup, cancellationToken);
            await host.ListenAsync(cancellationToken);
        }
        catch
        {
            await host.StopAsync();
            throw;
        }

        foreach (var (_, group) in host.groups)
            group.Start();
        host.scrubber.Start();
        return host;
    }

    private async ValueTask ListenAsync(CancellationToken cancellationToken)
    {
        var options = new PeerOptions
        {
            Self = context.Self,
            ClusterId = context.Options.ClusterId,
            Listen = context.Options.PeerListen,
            FrameBytesMax = FrameBytesMax,
        };
        context.TransportOrNone = await PeerTransport.StartAsync(
            context.Machine, context.Strand, context.Clock, options, new Incoming(this), Turn, cancellationToken);
        foreach (var (_, group) in groups)
            TellPeers(group);
        // What the others said last may be old: all of them may have moved while they were down, and who starts them knows.
        foreach (var member in context.Options.Members)
            context.Transport.HintPeer(member.Id, member.PeerAddress);
        context.Transport.Open();
    }

    private void TellPeers(ReplicaGroup group)
    {
        foreach (var member in group.KnownMembers)
        {
            if (NetworkAddress.TryParse(member.PeerAddress, out var address))
                context.Transport.SetPeer(member.Id, address);
        }
    }

    private async Task<ReplicaGroup> OpenGroupAsync(GroupSetup setup, CancellationToken cancellationToken)
    {
        if (groups.ContainsKey(setup.GroupId))
            throw new ArgumentException($"This node takes part in group {setup.GroupId} already.");
        var group = await ReplicaGroup.OpenAsync(context with { Turn = () => Turn(setup.GroupId) }, setup, cancellationToken);
        if (disposing is not null)
        {
            await group.StopAsync();
            throw new ReplicationException(ReplicationError.Stopping, "This node is stopping.");
        }

        group.Broken += Break;
        group.Compacted += () => _ = TrimAsync();
        group.ConfigurationApplied += () => peerSweep.Set(context.Options.Raft.ElectionTimeout * 10);
        groups.Add(setup.GroupId, group);
        ordered = [.. groups.Values];
        return group;
    }

    private ReplicaGroup Find(ulong id) => (ReplicaGroup)Group(id);

    private void Turn(ulong group)
    {
        // One that asks twice between two others is there twice, and is taken once.
        if (dirty.Count == 0 || dirty[^1] != group)
            dirty.Add(group);
        Turn();
    }

    /// <summary>
    /// Asks for the end of the turn: it runs behind everything that waits on the strand now, and so gathers what that does.
    /// </summary>
    private void Turn()
    {
        if (turnPosted || stopped)
            return;
        turnPosted = true;
        context.Strand.Post(runTurn);
    }

    private void RunTurn()
    {
        turnPosted = false;
        if (stopped)
            return;
        TakeDirty();
        foreach (var group in turn)
            group.SubmitTurn();
        FlushAll();
        var more = false;
        foreach (var group in turn)
        {
            if (!group.ApplyTurn())
                continue;
            dirty.Add(group.Id);
            more = true;
        }

        FlushAll();
        if (more || dirty.Count > 0)
            Turn();
    }

    private void TakeDirty()
    {
        turn.Clear();
        dirty.Sort();
        foreach (var id in dirty)
        {
            if (groups.TryGetValue(id, out var group) && (turn.Count == 0 || turn[^1] != group))
                turn.Add(group);
        }

        dirty.Clear();
    }

    private void FlushAll()
    {
        context.Journal.Flush();
        context.TransportOrNone?.Flush();
    }

    private void JournalCommitted()
    {
        foreach (var group in ordered)
            group.JournalCommitted();
    }

    private void DiskFullChanged(bool full)
    {
        var text = full ? "The disk is full: proposals are refused until there is room." : "The disk has room again.";
        context.Machine.Telemetry.Record(full ? Severity.Error : Severity.Information, "replication", text);
        if (full)
            fullDisk.Set(FullDiskPause);
    }

    private void RetryFullDisk()
    {
        context.Journal.Retry();
        if (context.Journal.IsFull)
            fullDisk.Set(FullDiskPause);
    }

    /// <summary>The log or disk failed: nothing more is acknowledged, and the node waits to be started anew.</summary>
    private void Break(Exception reason)
    {
        if (stopped)
            return;
        context.Machine.Telemetry.Record(Severity.Error, "replication", $"The node cannot go on: {reason.Message}");
        completion.TrySetException(reason);
        context.Strand.Post(() => disposing ??= StopAsync());
    }

    /// <summary>
    /// Trims the shared log; groups whose old records are in the way write them anew, or take a snapshot where they are too many.
    /// </summary>
    private async Task TrimAsync()
    {
        try
        {
            foreach (var (_, group) in groups)
            {
                if (group.Journal.Needed is { } oldest && context.Journal.End.Segment - oldest.Segment >= 2)
                    group.LetGoOfOldRecords(CopyBytesMax);
            }

            await context.Journal.TrimAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            context.Machine.Telemetry.Record(Severity.Warning, "replication", $"Trimming the log failed: {e.Message}");
        }
    }

    /// <summary>Ends the links to nodes that no group knows any more, some time after they were removed.</summary>
    private void ForgetStrangers()
    {
        var known = new HashSet<NodeId>();
        foreach (var (_, group) in groups)
            known.UnionWith(group.Core.Configuration.Members);
        foreach (var member in groups.Values.SelectMany(group => group.KnownMembers).Select(member => member.Id).Distinct().ToArray())
        {
            if (!known.Contains(member))
                context.Transport.RemovePeer(member);
        }
    }

    private async Task StopAsync()
    {
        if (context.TransportOrNone is not null && !completion.Task.IsCompleted)
            await Task.WhenAll(groups.Values.Select(group => group.HandOverAsync(context.Options.Raft.ElectionTimeout / 2).AsTask()));
        FlushAll();
        stopped = true;
        await scrubber.StopAsync();
        foreach (var (_, group) in groups)
            await group.StopAsync();
        if (context.TransportOrNone is { } transport)
            await transport.DisposeAsync();
        fullDisk.Dispose();
        peerSweep.Dispose();
        metrics.Dispose();
        await context.Journal.DisposeAsync();
        completion.TrySetResult();
    }

    /// <summary>What arrives from peers goes to the group that it names.</summary>
    private sealed class Incoming(ReplicaHost host) : IPeerHandler
    {
        // Every node takes part in the same first group.
        public IReadOnlyList<GroupMember> Members => host.ordered.Length == 0 ? [] : host.ordered[0].Members;

        public void RaftArrived(NodeId from, ulong group, ReadOnlyMemory<byte> message)
        {
            if (!host.stopped && host.groups.TryGetValue(group, out var found))
                found.RaftArrived(from, message);
        }

        public void LinkChanged(NodeId peer)
        {
            if (host.stopped)
                return;
            foreach (var (_, group) in host.groups)
                group.LinkChanged(peer);
        }

        public void PeerGone(NodeId peer)
        {
            if (host.stopped)
                return;
            foreach (var (_, group) in host.groups)
                group.PeerGone(peer);
        }

        public ValueTask<ReadOnlyMemory<byte>> ServeAsync(
            NodeId from, ulong group, byte service, ReadOnlyMemory<byte> request, CancellationToken cancellationToken) =>
            Serving(group).ServeAsync(service, request, cancellationToken);

        public ValueTask<Readmission> ReadmitAsync(ReadmissionAsk ask, CancellationToken cancellationToken) =>
            Serving(ask.Group).ReadmitAsync(ask.Node, cancellationToken);

        public ValueTask<MembershipAnswer> TakeApplicationAsync(Application application, CancellationToken cancellationToken) =>
            Serving(application.Group).Membership.AddAsync(application.Member with { Name = "", IsLearner = true }, cancellationToken);

        private ReplicaGroup Serving(ulong group) => !host.stopped && host.groups.TryGetValue(group, out var found)
            ? found : throw new ReplicationException(ReplicationError.Unreachable, $"This node has no group {group}.");
    }
}
