using Quorate.Protocols.Raft;

namespace Quorate.Cli.Models.Raft;

/// <summary>A state of one server, of which the table holds each only once.</summary>
internal sealed class ServerState(int number, int place, byte[] bytes, ModelServer server)
{
    public int Number { get; } = number;

    public int Place { get; } = place;

    public byte[] Bytes { get; } = bytes;

    public RaftRole Role { get; } = server.Core.Role;

    public long Term { get; } = server.Core.Term;

    /// <summary>The term on its disk: a crash brings it back to that.</summary>
    public long DurableTerm { get; } = server.DurableTerm;

    public bool Writes { get; } = server.Writes;

    /// <summary>At a leader, matchIndex of each place.</summary>
    public long[] Match { get; } = [.. server.Core.Progress.Select(p => p.Match)];

    public int CommitIndex { get; } = (int)server.Core.CommitIndex;

    /// <summary>The log, an entry a number: equal entries have equal numbers.</summary>
    public int[] Log { get; } = [.. Enumerable.Range(1, (int)server.Core.LastIndex).Select(i => NumberOf(server.Core.EntryAt(i)))];

    /// <summary>The state and step that first led here; none for the first state.</summary>
    public (ServerState State, ServerStep Step)? Origin { get; set; }

    /// <summary>What comes of each step, by the step's code, as far as known.</summary>
    public ReactionTable Reactions { get; } = new();

    public static int TermOf(int entry) => entry >> 16;

    public static bool IsCommand(int entry) => (EntryKind)((entry >> 8) & 0xff) == EntryKind.Command;

    private static int NumberOf(in Entry entry)
    {
        if (entry.Term >= 1 << 15 || entry.Payload.Length > 1)
            throw new InvalidOperationException("An entry of the model does not fit into a number.");
        return ((int)entry.Term << 16) | ((int)entry.Kind << 8) | (entry.Payload.Length == 0 ? 0 : entry.Payload.Span[0]);
    }
}
