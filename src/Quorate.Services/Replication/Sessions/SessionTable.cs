using Quorate.Kernel.Encoding;

namespace Quorate.Services.Replication.Sessions;

/// <summary>What the table says of a command.</summary>
internal enum SessionVerdict
{
    /// <summary>It was never applied: apply it now, and keep the reply.</summary>
    Fresh,

    /// <summary>It was applied before: the kept reply stands.</summary>
    Repeated,

    /// <summary>Its client had done with it already: nobody waits for a reply.</summary>
    Stale,

    /// <summary>Its session was never registered or was forgotten: it must not be applied now, and may have been before.</summary>
    UnknownSession,
}

/// <summary>
/// The clients of a group, part of its replicated state: all replicas hold the same table after the same entries. The session that was
/// used the longest ago is forgotten when there are too many.
/// </summary>
/// <remarks>Source: section 6.3 of the thesis; its lowest unacknowledged sequence number is from section 6.3 too.</remarks>
internal sealed class SessionTable(int sessionsMax)
{
    private readonly Dictionary<ulong, LinkedListNode<Session>> byId = [];

    /// <summary>All sessions, the one used the longest ago first.</summary>
    private readonly LinkedList<Session> byUse = new();

    public int Count => byId.Count;

    /// <summary>Registers a session; nothing but its age changes where it is there.</summary>
    public void Register(ulong id)
    {
        if (byId.TryGetValue(id, out var known))
        {
            Touch(known);
            return;
        }

        while (byId.Count >= sessionsMax)
        {
            byId.Remove(byUse.First!.Value.Id);
            byUse.RemoveFirst();
        }

        byId.Add(id, byUse.AddLast(new Session(id, 1)));
    }

    public bool IsRegistered(ulong id) => byId.ContainsKey(id);

    /// <summary>Asks whether a command is to be applied.</summary>
    /// <param name="command">The command.</param>
    /// <param name="session">Where its reply is to be kept, when it is fresh.</param>
    /// <param name="reply">The kept reply, when it is repeated.</param>
    public SessionVerdict Admit(in SessionCommand command, out Session? session, out byte[]? reply)
    {
        (session, reply) = (null, null);
        if (!byId.TryGetValue(command.Session, out var node))
            return SessionVerdict.UnknownSession;
        Touch(node);
        session = node.Value;
        session.Replies.RaiseLowest(command.LowestUnacknowledged);
        if (command.Sequence < session.Replies.Lowest)
            return SessionVerdict.Stale;
        reply = session.Replies[command.Sequence];
        if (reply is not null)
            return SessionVerdict.Repeated;
        // A client keeps to the window by itself; one that does not has given up its claim to a reply.
        return session.Replies.Fits(command.Sequence) ? SessionVerdict.Fresh : SessionVerdict.Stale;
    }

    /// <summary>The kept reply of a command, or null.</summary>
    public byte[]? KeptReply(ulong session, long sequence) =>
        byId.TryGetValue(session, out var node) ? node.Value.Replies[sequence] : null;

    public void Write(ByteWriter writer)
    {
        writer.WriteVarUInt((ulong)byId.Count);
        foreach (var session in byUse)
            session.Write(writer);
    }

    /// <summary>Replaces the table by one that <see cref="Write"/> wrote.</summary>
    /// <exception cref="MalformedInputException">The bytes are not a table.</exception>
    public void Read(ref ByteReader reader)
    {
        byId.Clear();
        byUse.Clear();
        var count = reader.ReadCount(10);
        for (var i = 0; i < count; i++)
        {
            var session = Session.Read(ref reader);
            if (!byId.TryAdd(session.Id, byUse.AddLast(session)))
                throw new MalformedInputException($"session {session.Id:x} is there twice");
        }
    }

    private void Touch(LinkedListNode<Session> node)
    {
        if (node.Next is null)
            return;
        byUse.Remove(node);
        byUse.AddLast(node);
    }
}
