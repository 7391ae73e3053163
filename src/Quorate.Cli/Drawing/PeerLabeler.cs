using System.Globalization;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Peers;
using Quorate.Simulation.Tracing;

namespace Quorate.Cli.Drawing;

/// <summary>Puts what nodes say to each other into words.</summary>
internal sealed class PeerLabeler : IMessageLabeler
{
    private const int DetailsMax = 4;
    private readonly PeerFrames frames = new();

    public MessageLabel? Label(ReadOnlySpan<byte> bytes)
    {
        var size = bytes.Length;
        var whole = frames.Take(bytes);
        if (whole.Count == 0)
            return new MessageLabel("…", Text($"{size} bytes of a longer frame"));
        var words = whole.GroupBy(Word).Select(g => g.Count() == 1 ? g.Key : Text($"{g.Key} ×{g.Count()}"));
        var details = whole.Take(DetailsMax).Select(Detail);
        var more = whole.Count > DetailsMax ? Text($"; {whole.Count - DetailsMax} more") : "";
        return new MessageLabel(string.Join(", ", words), string.Join("; ", details) + more, whole.All(IsRoutine));
    }

    // A heartbeat, and a plain answer to one or to an append, say nothing that the commit marks do not say.
    private static bool IsRoutine(PeerFrame frame) => frame.Message is AppendRequest { Entries.Count: 0 } or AppendReply { Accepted: true };

    private static string Word(PeerFrame frame) => frame.Message switch
    {
        PreVoteRequest => "pre-vote?",
        PreVoteReply { Granted: true } => "pre-vote yes",
        PreVoteReply => "pre-vote no",
        VoteRequest => "vote?",
        VoteReply { Granted: true } => "vote yes",
        VoteReply => "vote no",
        AppendRequest { Entries.Count: 0 } => "heartbeat",
        AppendRequest { Entries.Count: 1 } m => Text($"append {m.PreviousIndex + 1}"),
        AppendRequest m => Text($"append {m.PreviousIndex + 1}–{m.PreviousIndex + m.Entries.Count}"),
        AppendReply { Accepted: true } m => Text($"has {m.Index}"),
        AppendReply m => Text($"refuses {m.Index}"),
        SnapshotRequest m => Text($"snapshot {m.LastIndex}"),
        SnapshotReply => "snapshot answer",
        TimeoutNow => "stand now",
        _ => frame.Kind,
    };

    private static string Detail(PeerFrame frame) => frame.Message switch
    {
        PreVoteRequest m => Text($"would stand in term {m.Term}; log ends at {m.LastLogIndex} of term {m.LastLogTerm}"),
        VoteRequest m => Text($"stands in term {m.Term}; log ends at {m.LastLogIndex} of term {m.LastLogTerm}"),
        AppendRequest m => Text(
            $"term {m.Term}, after {m.PreviousIndex} of term {m.PreviousTerm}, {m.Entries.Count} entries, commit {m.CommitIndex}"),
        AppendReply m => Text($"term {m.Term}, {(m.Accepted ? "log agrees up to" : "log differs at")} {m.Index}"),
        SnapshotRequest m => Text($"term {m.Term}, of {m.LastIndex}, from byte {m.Offset}"),
        SnapshotReply m => Text($"term {m.Term}, {(m.Installed ? "installed" : Text($"wants byte {m.NextOffset}"))}"),
        { } m => Text($"term {m.Term}"),
        null => Text($"{frame.Kind}, {frame.Bytes} bytes"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
