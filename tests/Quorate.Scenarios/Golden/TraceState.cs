using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;

namespace Quorate.Scenarios.Golden;

/// <summary>What can be seen of a server between two steps.</summary>
internal sealed class TraceState
{
    private readonly List<(string What, string Value)> fields = [];

    public TraceState(RaftCore core)
    {
        fields.Add(("role", $"{core.Role}"));
        fields.Add(("term", $"{core.Term}"));
        fields.Add(("leader", TraceText.Of(core.Leader)));
        fields.Add(("log", Log(core)));
        fields.Add(("configuration", TraceText.Of(core.Configuration)));
        fields.Add(("commit", $"{core.CommitIndex}"));
        if (core.IsRestoring)
            fields.Add(("restoring", "yes"));
        foreach (var peer in core.Progress.Where(p => p.Peer != core.Self))
            fields.Add(($"progress of {TraceText.Of(peer.Peer)}", $"{peer.State} match {peer.Match} next {peer.Next}"));
    }

    /// <summary>What changed, one line each; what is there no more is not mentioned.</summary>
    public IEnumerable<string> Since(TraceState before)
    {
        foreach (var (what, value) in fields)
        {
            var old = before.fields.Find(f => f.What == what).Value;
            if (old != value)
                yield return old is null ? $"{what} {value}" : $"{what} {old} => {value}";
        }
    }

    public IEnumerable<string> Lines() => fields.Select(f => $"{f.What} {f.Value}");

    // The terms of the entries, behind the snapshot in angle brackets.
    private static string Log(RaftCore core)
    {
        var behind = core.FirstIndex - 1;
        var terms = string.Join(' ', Enumerable.Range(1, (int)(core.LastIndex - behind)).Select(i => core.TermAt(behind + i)));
        return behind > 0 ? $"<{behind}.{core.TermAt(behind)}>[{terms}]" : $"[{terms}]";
    }
}
