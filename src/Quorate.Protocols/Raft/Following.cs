using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Invariants;

namespace Quorate.Protocols.Raft;

/// <summary>AppendEntries of figure 2 and InstallSnapshot of figure 13, at the receiver. The message is of the leader of the current
/// term.</summary>
internal sealed class Following(ServerState server)
{
    private (long LastIndex, long LastTerm) incoming;
    private long incomingTerm;
    private long nextOffset;
    private bool restoring;

    /// <summary>Takes entries, or a heartbeat.</summary>
    public void Append(NodeId from, AppendRequest request)
    {
        // The state machine is being replaced by a snapshot: what would be appended now would be judged against the log that goes away.
        if (restoring)
            return;
        var log = server.Log;
        var matches = request.PreviousIndex < log.SnapshotIndex || log.TermAt(request.PreviousIndex) == request.PreviousTerm;
        if (!matches)
        {
            Refuse(from, request);
            return;
        }

        AppendNew(request.PreviousIndex, request.Entries);
        // What a snapshot covers is committed, so it matches whatever the message holds.
        var lastNew = Math.Max(request.PreviousIndex + request.Entries.Count, log.SnapshotIndex);
        // "If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new entry)".
        server.Commit(Math.Max(server.CommitIndex, Math.Min(request.CommitIndex, lastNew)));
        var durable = lastNew > server.Durable.Index || !server.HardStateIsDurable;
        server.Send(from, new AppendReply(server.Term, true, lastNew, 0, 0, request.Round), durable);
    }

    /// <summary>Takes a chunk of a snapshot.</summary>
    public void Install(NodeId from, SnapshotRequest request)
    {
        if (restoring)
            return;
        if (request.LastIndex <= server.CommitIndex || server.Log.TermAt(request.LastIndex) == request.LastTerm)
        {
            // The log holds it all, and a snapshot only covers what is committed.
            server.Commit(Math.Max(server.CommitIndex, request.LastIndex));
            server.Send(from, new SnapshotReply(server.Term, request.LastIndex, 0, true), durable: true);
            return;
        }

        // Two leaders' snapshots of one index need not be the same bytes: chunks of one file come from the leader of one term.
        if (incomingTerm != request.Term)
            (incoming, nextOffset, incomingTerm) = (default, 0, request.Term);
        if (request.Offset == 0 && incoming != (request.LastIndex, request.LastTerm))
        {
            incoming = (request.LastIndex, request.LastTerm);
            nextOffset = 0;
        }

        var wanted = incoming == (request.LastIndex, request.LastTerm) ? nextOffset : 0;
        if (request.Offset == wanted && incoming == (request.LastIndex, request.LastTerm))
            Keep(request);
        if (restoring)
            return;
        var next = incoming.LastIndex == request.LastIndex ? nextOffset : 0;
        server.Send(from, new SnapshotReply(server.Term, request.LastIndex, next, false), durable: true);
    }

    /// <summary>Takes the news that the snapshot is in place, and tells the leader.</summary>
    public void Restored(SnapshotRestored snapshot)
    {
        var received = restoring && incoming == (snapshot.LastIndex, snapshot.LastTerm);
        Invariant.Holds(received, "only the snapshot that was received is restored");
        server.Effects.Sometimes("raft: a snapshot of the leader is put in place");
        restoring = false;
        incoming = default;
        nextOffset = 0;
        server.Restore(snapshot);
        if (!server.Leader.IsNone && server.Leader != server.Self)
            server.Send(server.Leader, new SnapshotReply(server.Term, snapshot.LastIndex, 0, true), durable: true);
    }

    /// <summary>Whether a snapshot is being put in place.</summary>
    public bool IsRestoring => restoring;

    /// <summary>Writes the state.</summary>
    public void WriteCanonical(ByteWriter writer)
    {
        // What came in an earlier term no longer matters, unless it is whole.
        var matters = restoring || incomingTerm == server.Term;
        writer.WriteVarInt(matters ? incoming.LastIndex : 0);
        writer.WriteVarInt(matters ? incoming.LastTerm : 0);
        writer.WriteVarInt(matters ? nextOffset : 0);
        writer.WriteBool(restoring);
    }

    /// <summary>Reads what <see cref="WriteCanonical"/> wrote.</summary>
    public void ReadCanonical(ref ByteReader reader)
    {
        incoming = (reader.ReadVarInt(), reader.ReadVarInt());
        nextOffset = reader.ReadVarInt();
        incomingTerm = server.Term;
        restoring = reader.ReadBool();
    }

    // "If an existing entry conflicts with a new one (same index but different terms), delete the existing entry and all that follow it";
    // "Append any new entries not already in the log". An old message that the log already covers must not truncate it.
    private void AppendNew(long previousIndex, IReadOnlyList<Entry> entries)
    {
        var log = server.Log;
        var i = (int)Math.Min(Math.Max(log.SnapshotIndex - previousIndex, 0), entries.Count);
        while (i < entries.Count && log.TermAt(previousIndex + 1 + i) == entries[i].Term)
            i++;
        if (i == entries.Count)
            return;
        if (previousIndex + 1 + i <= log.LastIndex)
            server.Effects.Sometimes("raft: entries that conflict are replaced");
        if (previousIndex + 1 + i <= log.LastIndex)
            server.TruncateFrom(previousIndex + 1 + i);
        for (; i < entries.Count; i++)
        {
            Invariant.Holds(entries[i].Term <= server.Term, "a leader holds no entry of a later term than its own");
            server.Append(entries[i]);
        }
    }

    // Section 5.3: "the follower can include the term of the conflicting entry and the first index it stores for that term"; here the last
    // entry that could still match, so that one answer skips every entry whose term is too new.
    private void Refuse(NodeId from, AppendRequest request)
    {
        server.Effects.Sometimes("raft: entries are refused for what is before them");
        var hint = Math.Min(request.PreviousIndex, server.Log.LastIndex);
        while (hint > server.CommitIndex && server.Log.TermAt(hint) > request.PreviousTerm)
            hint--;
        var reply = new AppendReply(server.Term, false, request.PreviousIndex, hint, server.Log.TermAt(hint), request.Round);
        server.Send(from, reply, durable: !server.HardStateIsDurable);
    }

    private void Keep(SnapshotRequest request)
    {
        server.Keep(new SnapshotChunk(
            request.LastIndex, request.LastTerm, request.Configuration, request.Offset, request.Data, request.Done));
        nextOffset += request.Data.Length;
        restoring = request.Done;
    }
}
