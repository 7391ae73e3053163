using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft.Replication;

namespace Quorate.Protocols.Raft;

/// <summary>AppendEntries of figure 2 and InstallSnapshot of figure 13, at the leader: who needs what, and how far a quorum is.</summary>
internal sealed class Replicator
{
    private readonly ServerState server;
    private Peer[] peers = [];
    private long[] values = [];

    /// <summary>Starts to probe everyone behind the own log.</summary>
    public Replicator(ServerState server)
    {
        this.server = server;
        Reconfigure();
    }

    /// <summary>The number of the last round of confirmation; every message carries it.</summary>
    public long Round { get; set; }

    /// <summary>A member, or null.</summary>
    public Peer? Find(NodeId id)
    {
        foreach (var peer in peers)
        {
            if (peer.Id == id)
                return peer;
        }

        return null;
    }

    /// <summary>Follows the configuration in force.</summary>
    public void Reconfigure()
    {
        var members = server.Configuration.Members;
        var next = new Peer[members.Count];
        for (var i = 0; i < next.Length; i++)
            next[i] = Find(members[i]) ?? NewPeer(members[i]);
        peers = next;
        values = new long[next.Length];
        CountOwnLog();
    }

    /// <summary>Counts the own log as far as it is durable; true when it rose.</summary>
    public bool CountOwnLog() => Find(server.Self)?.Progress.Accept(server.Durable.Index, server.Log.FirstIndex) ?? false;

    /// <summary>The last index that is durable on a quorum.</summary>
    public long Agreed()
    {
        for (var i = 0; i < peers.Length; i++)
            values[i] = peers[i].Progress.Match;
        return server.Quorum.Agreed(values);
    }

    /// <summary>The last round that a quorum acknowledged.</summary>
    public long RoundAgreed()
    {
        for (var i = 0; i < peers.Length; i++)
            values[i] = peers[i].Id == server.Self ? Round : peers[i].Round;
        return server.Quorum.Agreed(values);
    }

    /// <summary>The time since when a quorum was heard.</summary>
    public TimeSpan QuorumHeardAt()
    {
        for (var i = 0; i < peers.Length; i++)
            values[i] = (peers[i].Id == server.Self ? server.Now : peers[i].HeardAt).Ticks;
        return TimeSpan.FromTicks(server.Quorum.Agreed(values));
    }

    /// <summary>Sends to everyone what may be sent.</summary>
    public void SendToAll()
    {
        foreach (var peer in peers)
            Send(peer);
    }

    /// <summary>Sends to one what may be sent.</summary>
    public void Send(Peer peer)
    {
        if (peer.Id == server.Self)
            return;
        var progress = peer.Progress;
        while (progress.MaySend && (progress.State == ReplicationState.Probe || progress.Next <= server.Log.LastIndex))
            SendAppend(peer, withEntries: true);
        var useful = Math.Min(server.CommitIndex, progress.Match);
        // A follower that waits for nothing else hears of the commit at once, and need not wait for the next heartbeat.
        if (progress.State == ReplicationState.Replicate && progress.Inflight.Count == 0 && progress.CommitSent < useful)
            SendAppend(peer, withEntries: false);
    }

    /// <summary>Sends everyone a message without entries, and repeats a chunk that was lost.</summary>
    public void SendHeartbeats()
    {
        foreach (var peer in peers)
        {
            if (peer.Id != server.Self)
                SendHeartbeat(peer);
        }
    }

    /// <summary>Takes an acceptance; true when the match index rose.</summary>
    public bool Accept(Peer peer, long index)
    {
        var rose = peer.Progress.Accept(index, server.Log.FirstIndex);
        if (peer.Progress.State != ReplicationState.Snapshot)
            peer.Transfer = null;
        return rose;
    }

    /// <summary>Takes a refusal: "decrement nextIndex and retry", at once below every entry that cannot match. Never moves a match
    /// index.</summary>
    public bool Refuse(Peer peer, AppendReply reply)
    {
        if (!peer.Progress.IsOpenQuestion(reply.Index))
            return false;
        var index = Math.Min(reply.HintIndex, reply.Index - 1);
        while (index > server.Log.SnapshotIndex && server.Log.TermAt(index) > reply.HintTerm)
            index--;
        peer.Progress.Refuse(index + 1);
        return false;
    }

    /// <summary>Takes an answer to a chunk; true when the match index rose.</summary>
    public bool Take(Peer peer, SnapshotReply reply)
    {
        if (reply.Installed)
        {
            if (reply.LastIndex > server.Log.LastIndex)
                return false;
            peer.Transfer = peer.Transfer is { } under && under.LastIndex > reply.LastIndex ? under : null;
            return peer.Transfer is null && peer.Progress.Installed(reply.LastIndex);
        }

        if (peer.Transfer is { } transfer && transfer.LastIndex == reply.LastIndex && transfer.Offset != reply.NextOffset)
        {
            transfer.Offset = reply.NextOffset;
            SendChunk(peer, transfer);
        }

        return false;
    }

    /// <summary>Falls back to probing: what was sent may be lost.</summary>
    public void Reset(NodeId id)
    {
        if (id == server.Self || Find(id) is not { } peer)
            return;
        peer.Transfer = null;
        peer.Progress.Reset();
        Send(peer);
    }

    /// <summary>Begins anew: the one case in which a match index falls. What was committed with it stays so.</summary>
    public void Forget(NodeId id)
    {
        var place = Array.FindIndex(peers, peer => peer.Id == id);
        if (id == server.Self || place < 0)
            return;
        peers[place] = NewPeer(id);
        Send(peers[place]);
    }

    /// <summary>What is known of each member.</summary>
    public PeerProgress[] Describe()
    {
        var all = new PeerProgress[peers.Length];
        for (var i = 0; i < all.Length; i++)
        {
            var progress = peers[i].Progress;
            all[i] = new PeerProgress(peers[i].Id, progress.State, progress.Match, progress.Next, peers[i].Transfer?.LastIndex ?? 0);
        }

        return all;
    }

    /// <summary>Writes the state without times.</summary>
    public void WriteCanonical(ByteWriter writer)
    {
        writer.WriteVarInt(Round);
        foreach (var peer in peers)
            peer.WriteCanonical(writer);
    }

    /// <summary>Reads what <see cref="WriteCanonical"/> wrote.</summary>
    public static Replicator ReadCanonical(ServerState server, ref ByteReader reader)
    {
        var replicator = new Replicator(server) { Round = reader.ReadVarInt() };
        foreach (var peer in replicator.peers)
        {
            peer.HeardAt = TimeSpan.MinValue;
            peer.ReadCanonical(ref reader);
        }

        return replicator;
    }

    private Peer NewPeer(NodeId id)
    {
        var window = new Inflight(server.Options.InflightMessagesMax, server.Options.InflightBytesMax);
        return new Peer(id, new Progress(server.Log.LastIndex + 1, window)) { HeardAt = server.Now };
    }

    private void SendHeartbeat(Peer peer)
    {
        if (peer.Progress.State != ReplicationState.Snapshot)
        {
            SendAppend(peer, withEntries: false);
            return;
        }

        // Every log matches at index 0: such a heartbeat confirms the leader and asks nothing of the log.
        server.Send(peer.Id, new AppendRequest(server.Term, 0, 0, server.CommitIndex, Round, []), durable: false);
        if (peer.Transfer is { } transfer && IsLate(transfer))
            SendChunk(peer, transfer);
    }

    private bool IsLate(SnapshotTransfer transfer) =>
        transfer.SentAt == TimeSpan.MinValue || server.Now - transfer.SentAt >= server.Options.ElectionTimeout;

    private void SendAppend(Peer peer, bool withEntries)
    {
        var progress = peer.Progress;
        var previous = progress.Next - 1;
        var previousTerm = server.Log.TermAt(previous);
        if (previousTerm == RaftLog.Unknown)
        {
            BeginSnapshot(peer);
            return;
        }

        var (count, bytes) = withEntries && progress.Next <= server.Log.LastIndex
            ? server.Log.Fit(progress.Next, server.Options.AppendEntriesMax, server.Options.AppendBytesMax)
            : (0, 0L);
        IReadOnlyList<Entry> entries = count == 0 ? [] : server.Log.Slice(progress.Next, count);
        server.Send(
            peer.Id, new AppendRequest(server.Term, previous, previousTerm, server.CommitIndex, Round, entries), durable: false);
        progress.CommitSent = Math.Max(progress.CommitSent, Math.Min(server.CommitIndex, previous + count));
        progress.Sent(previous + count, bytes, count);
    }

    private void BeginSnapshot(Peer peer)
    {
        peer.Progress.BecomeSnapshot();
        peer.Transfer = new SnapshotTransfer(server.Log.SnapshotIndex, server.Log.SnapshotTerm, server.Configurations.OfSnapshot);
        SendChunk(peer, peer.Transfer);
    }

    private void SendChunk(Peer peer, SnapshotTransfer transfer)
    {
        transfer.SentAt = server.Now;
        server.Send(
            peer.Id,
            new SnapshotRequest(
                server.Term, transfer.LastIndex, transfer.LastTerm, transfer.Configuration, transfer.Offset, default, false),
            durable: false);
    }
}
