using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Journal;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Sessions;
using Quorate.Storage.Logs;
using Quorate.Storage.Snapshots;

namespace Quorate.Services.Replication;

/// <summary>Makes the files of a replica that has never run, with a state to begin from.</summary>
/// <remarks>
/// Guarantee: replicas that were made of the same state and members begin as if they had applied it together, as the first entry of the first
/// term. Nobody may have run under the same cluster id before: two histories of one log would meet.
/// Cost: the state is written once. Fails when: the folder holds a log or a snapshot (<see cref="IOException"/>), or the disk fails. After a
/// failure the folder is of no use.
/// </remarks>
public static class ReplicaSeed
{
    private const long FirstIndex = 1;
    private const long FirstTerm = 1;

    /// <summary>Writes the files.</summary>
    /// <param name="machine">The machine, for its disk. On a strand of it.</param>
    /// <param name="options">The settings that the replica will run with.</param>
    /// <param name="groupId">The group.</param>
    /// <param name="state">The state to begin from.</param>
    /// <param name="level">The group's level to begin at: one at which such a state may be, the same for all replicas.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask WriteAsync(
        IMachine machine, ReplicaHostOptions options, ulong groupId, IStateMachine state, int level, CancellationToken cancellationToken)
    {
        options.Validate();
        var configuration = new Configuration(options.Members.Select(member => member.Id));
        var journal = await SharedJournal.OpenAsync(
            machine.Disk, new WriteAheadLogOptions { SegmentBytes = options.LogSegmentBytes }, cancellationToken);
        await using (journal)
        {
            var snapshots = await SnapshotStore.OpenAsync(machine.Disk, $"snap/g{groupId}", cancellationToken);
            var group = journal.Group(groupId);
            if (group.TakeRecovered() is not null || snapshots.Latest is not null)
                throw new IOException("the data folder holds a replica already");
            using (var cut = state.Cut())
            {
                var metadata = SnapshotFiles.Metadata(FirstTerm, configuration, level > options.FirstLevel ? level : 0);
                await new SnapshotFiles(snapshots).WriteAsync(FirstIndex, metadata, HostPart(), cut, cancellationToken);
            }

            // Last: a snapshot without it is refused at the start, so that a crash here leaves nothing that could run.
            group.AppendBase(new HardState(FirstTerm, NodeId.None), FirstIndex, FirstTerm, configuration);
            await journal.CommitAsync(cancellationToken);
        }
    }

    // Nobody is known by address: each replica dials the members that it is started with, and announces itself.
    private static ReadOnlyMemory<byte> HostPart()
    {
        var writer = new ByteWriter();
        new MemberTable().Write(writer);
        new SessionTable(Applier.SessionsMax).Write(writer);
        writer.WriteVarUInt(0);
        return writer.WrittenMemory;
    }
}
