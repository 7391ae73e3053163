using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Journal;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Peers;
using Quorate.Storage.Folders;
using Quorate.Storage.Logs;

namespace Quorate.Services.Replication;

/// <summary>
/// Starts a node whose files are damaged as one that has nothing: its peers first take its vote away, then its files are deleted, and it
/// catches up and gets its vote back as a new member does.
/// </summary>
/// <remarks>
/// It may have forgotten votes that it gave and entries that it acknowledged. Both bind nobody once a majority of the other voters has
/// followed a leader that took its vote, after it stopped: no candidate of a later term can win with a vote from before, and whoever wins
/// has all that was committed. Until then the node says nothing, and nothing of its files is changed.
/// </remarks>
internal sealed class ReplicaRepair(IMachine machine, ReplicaHostOptions options, IReadOnlyList<GroupSetup> groups)
{
    private const string Component = "repair";
    private const string LogFolder = "wal";

    // An answer comes when two changes of members are committed; a peer that does not lead asks the one that does.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private const int TellEvery = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether that is wanted and there are enough peers: without this node they must be a majority.</summary>
    /// <param name="options">The node.</param>
    public static bool IsPossible(ReplicaHostOptions options) => options.RepairsFromPeers && options.Members.Count > 2;

    /// <summary>Opens the node; where its files are damaged, takes part anew first.</summary>
    public async Task<ReplicaHost> OpenAsync(Func<Task<ReplicaHost>> open, CancellationToken cancellationToken)
    {
        var why = await RepairMark.ReadAsync(machine.Disk, cancellationToken);
        if (why is null)
        {
            try
            {
                return await open();
            }
            catch (CorruptFileException e) when (IsPossible(options))
            {
                await RepairMark.WriteAsync(machine.Disk, e.Message, cancellationToken);
                why = e.Message;
            }
        }

        await RunAsync(why, cancellationToken);
        return await open();
    }

    private async ValueTask RunAsync(string why, CancellationToken cancellationToken)
    {
        Tell(Severity.Error, $"The node takes its data anew from its peers: {why}");
        var terms = new List<(ulong Group, HardState State)>();
        foreach (var group in groups)
        {
            var readmission = await ReadmissionOfAsync(group.GroupId, cancellationToken);
            terms.Add((group.GroupId, new HardState(readmission.Term, readmission.Leader)));
        }

        await DeleteAsync(LogFolder, cancellationToken);
        foreach (var group in groups)
            await DeleteAsync($"snap/g{group.GroupId}", cancellationToken);
        await BeginAnewAsync(terms, cancellationToken);
        await RepairMark.RemoveAsync(machine.Disk, cancellationToken);
        machine.Telemetry.Sometimes("repair: a damaged node begins anew");
        Tell(Severity.Warning, "The damaged files are gone; the node catches up, and votes again when it has.");
    }

    /// <summary>Asks one peer after the other until one answers that this node has no vote.</summary>
    private async ValueTask<Readmission> ReadmissionOfAsync(ulong group, CancellationToken cancellationToken)
    {
        var peers = options.Members.Where(member => member.Id != options.Self).ToArray();
        for (var i = 0; ; i++)
        {
            var peer = peers[i % peers.Length];
            if (await TryAskAsync(peer, group, SeverityOf(i), cancellationToken) is { } readmission)
            {
                if (readmission.Answer == MembershipAnswer.Done)
                    return readmission;
                if (readmission.Answer == MembershipAnswer.NotFound)
                    throw new IOException("This node was removed from the cluster. Its data can go; a new node can be added.");
                Tell(SeverityOf(i), $"{peer.PeerAddress} cannot readmit this node yet: {readmission.Answer}.");
            }

            await Task.Delay(Pause, machine.Clock, cancellationToken);
        }
    }

    // That it takes long shows, and does not fill the log.
    private static Severity SeverityOf(int attempt) => attempt % TellEvery == TellEvery - 1 ? Severity.Warning : Severity.Information;

    private async ValueTask<Readmission?> TryAskAsync(
        PeerMember peer, ulong group, Severity severity, CancellationToken cancellationToken)
    {
        try
        {
            var ask = new ByteWriter();
            new ReadmissionAsk(options.ClusterId, group, options.Self).Write(ask);
            return await PeerQuestion.AskAsync(
                machine, peer.PeerAddress, ask, Patience, body => Readmission.ReadFrame(body.Span), cancellationToken);
        }
        catch (IOException e)
        {
            Tell(e is HandshakeRefusedException ? Severity.Warning : severity, $"{peer.PeerAddress} does not readmit this node: {e.Message}");
            return null;
        }
    }

    private async ValueTask DeleteAsync(string directory, CancellationToken cancellationToken)
    {
        var names = await machine.Disk.ListAsync(directory, cancellationToken);
        foreach (var name in names)
            await machine.Disk.DeleteAsync($"{directory}/{name}", cancellationToken);
        if (names.Count > 0)
            await machine.Disk.SyncDirectoryAsync(directory, cancellationToken);
    }

    /// <summary>
    /// Begins with the term in which the vote was taken, and with a vote for its leader: a second one in that term could elect another.
    /// </summary>
    private async ValueTask BeginAnewAsync(IReadOnlyList<(ulong Group, HardState State)> terms, CancellationToken cancellationToken)
    {
        var journal = await SharedJournal.OpenAsync(
            machine.Disk, new WriteAheadLogOptions { Directory = LogFolder, SegmentBytes = options.LogSegmentBytes }, cancellationToken);
        await using (journal)
        {
            foreach (var (group, state) in terms)
                journal.Group(group).AppendBase(state, 0, 0, Configuration.Empty);
            await journal.CommitAsync(cancellationToken);
        }
    }

    private void Tell(Severity severity, string text) => machine.Telemetry.Record(severity, Component, text);
}
