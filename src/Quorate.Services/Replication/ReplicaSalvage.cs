using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Journal;
using Quorate.Services.Replication.Timing;
using Quorate.Storage.Logs;
using Quorate.Storage.Snapshots;

namespace Quorate.Services.Replication;

/// <summary>Reads all that one replica holds, without its peers, for when a majority of them is lost for good.</summary>
/// <remarks>
/// Guarantee: the state holds every command of the replica's log, in order: all that was acknowledged while it was among the majority that
/// had it, and perhaps a few at the end that nobody was told of. What only the others had is lost. Cost: the snapshot and the log are read
/// once. Fails when: a file is damaged (<see cref="CorruptFileException"/>) or there is no such group (<see cref="IOException"/>).
/// Source: etcd v3.4, --force-new-cluster; it drops the entries that it does not know to be committed, which may have been acknowledged.
/// </remarks>
public static class ReplicaSalvage
{
    /// <summary>Reads a replica into a state machine.</summary>
    /// <param name="machine">The machine whose disk holds the replica's files.</param>
    /// <param name="strand">The strand on which this runs.</param>
    /// <param name="options">Any settings that hold; only the log's place matters.</param>
    /// <param name="groupId">The group.</param>
    /// <param name="state">The state machine, empty.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<SalvagedReplica> ReadAsync(
        IMachine machine, Strand strand, ReplicaHostOptions options, ulong groupId, IStateMachine state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var journal = await SharedJournal.OpenAsync(
            machine.Disk, new WriteAheadLogOptions { SegmentBytes = options.LogSegmentBytes }, cancellationToken);
        await using (journal)
        {
            var recovered = journal.Group(groupId).TakeRecovered()
                ?? throw new IOException($"the folder holds nothing of group {groupId}");
            var host = new HostContext(machine, strand, new MonotonicClock(machine.Clock), options, journal, static () => { });
            var applier = new Applier(host, state, new ProposalQueue(host));
            var files = new SnapshotFiles(await SnapshotStore.OpenAsync(machine.Disk, $"snap/g{groupId}", cancellationToken));
            await ReplicaGroup.RestoreAsync(recovered, files, applier, groupId, state, cancellationToken);
            foreach (var entry in recovered.Entries)
                applier.Apply(entry);
            return new SalvagedReplica(applier.Index, recovered.HardState.Term, applier.Members.Of(LastConfiguration(recovered)), applier.Level);
        }
    }

    private static Configuration LastConfiguration(RecoveredGroup recovered)
    {
        for (var i = recovered.Entries.Count - 1; i >= 0; i--)
        {
            if (recovered.Entries[i].Kind == EntryKind.Configuration)
                return Applier.ReadConfiguration(recovered.Entries[i]);
        }

        return recovered.BaseConfiguration;
    }
}
