using System.Globalization;
using System.Text;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;

namespace Quorate.Scenarios.Golden;

/// <summary>How a golden trace shows what Raft handles.</summary>
internal static class TraceText
{
    public static string Of(NodeId node) => node.IsNone ? "none" : string.Create(CultureInfo.InvariantCulture, $"n{node.Value}");

    public static string Of(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms");

    public static string Of(Configuration configuration)
    {
        var text = $"voters {Of(configuration.Voters)}";
        if (configuration.IsJoint)
            text += $" and {Of(configuration.Outgoing)}";
        return configuration.Learners.Count > 0 ? $"{text} learners {Of(configuration.Learners)}" : text;
    }

    /// <summary>An entry as index.term:what.</summary>
    public static string Of(Entry entry) => $"{entry.Index}.{entry.Term}:{What(entry)}";

    public static string Of(IReadOnlyList<Entry> entries) => $"[{string.Join(", ", entries.Select(Of))}]";

    public static string Of(RaftMessage message) => $"{message.GetType().Name} term {message.Term}" + message switch
    {
        PreVoteRequest m => $" last {m.LastLogIndex}.{m.LastLogTerm}",
        VoteRequest m => $" last {m.LastLogIndex}.{m.LastLogTerm}{(m.Transfer ? " transfer" : "")}",
        PreVoteReply m => m.Granted ? " granted" : " refused",
        VoteReply m => m.Granted ? " granted" : " refused",
        AppendRequest m => $" after {m.PreviousIndex}.{m.PreviousTerm} commit {m.CommitIndex} round {m.Round} {Of(m.Entries)}",
        AppendReply { Accepted: true } m => $" accepted to {m.Index} round {m.Round}",
        AppendReply m => $" refused {m.Index} hint {m.HintIndex}.{m.HintTerm} round {m.Round}",
        SnapshotRequest m => $" to {m.LastIndex}.{m.LastTerm} {Of(m.Configuration)} {Chunk(m.Offset, m.Data, m.Done)}",
        SnapshotReply { Installed: true } m => $" installed to {m.LastIndex}",
        SnapshotReply m => $" of {m.LastIndex} wants {m.NextOffset}",
        _ => "",
    };

    public static string Of(RaftPersist write)
    {
        var parts = new List<string>();
        if (write.HardState is { } state)
            parts.Add($"term {state.Term} vote {Of(state.VotedFor)}");
        if (write.Entries.Count > 0)
            parts.Add(Of(write.Entries));
        if (write.Chunk is { } chunk)
            parts.Add($"snapshot to {chunk.LastIndex}.{chunk.LastTerm} {Chunk(chunk.Offset, chunk.Data, chunk.Done)}");
        return string.Join("; ", parts);
    }

    public static string Of(RaftReply reply) => reply switch
    {
        RaftReply.Appended r => $"appended from {r.FirstIndex} in term {r.Term}",
        RaftReply.ReadAt r => $"read at {r.Index}",
        RaftReply.NotLeader r => $"not leader, which is {Of(r.Leader)}",
        RaftReply.Busy => "busy",
        RaftReply.ConfigurationChanged r => $"configuration changed at {r.Index}",
        RaftReply.Transferred r => $"transferred to {Of(r.To)}",
        RaftReply.Refused r => $"refused: {r.Why}",
        _ => throw new ArgumentOutOfRangeException(nameof(reply), reply, "This is no reply of Raft."),
    };

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static string Of(IReadOnlyList<NodeId> nodes) => string.Join(' ', nodes.Select(Of));

    private static string Chunk(long offset, ReadOnlyMemory<byte> data, bool done) => $"at {offset} '{Text(data)}'{(done ? " done" : "")}";

    private static string What(Entry entry)
    {
        if (entry.Kind == EntryKind.Noop)
            return "noop";
        if (entry.Kind == EntryKind.Command)
            return Text(entry.Payload);
        var reader = new ByteReader(entry.Payload.Span);
        return Of(Configuration.Read(ref reader));
    }
}
