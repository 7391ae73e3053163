using System.Globalization;
using Quorate.Simulation.Tracing;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// Notes in the record of a run who leads in which term, and what is committed. It looks after every event and changes nothing.
/// </summary>
internal sealed class LeadershipWatch(IReadOnlyList<SimulatedNode> nodes, RunRecord record)
{
    /// <summary>The kinds of its notes.</summary>
    public const string Leads = "leads";

    /// <summary>A node does not lead any more.</summary>
    public const string LeadsNoMore = "leads no more";

    /// <summary>A node is in another term.</summary>
    public const string Term = "term";

    /// <summary>A node knows of more that is committed.</summary>
    public const string Commit = "commit";

    private readonly Seen[] last = new Seen[nodes.Count];

    /// <summary>Notes what has changed.</summary>
    public void Look()
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            var now = nodes[i].Host?.Group(SimulatedNode.Group) is { } group
                ? new Seen(group.IsLeader, group.Term, group.CommitIndex)
                : last[i] with { Leads = false };
            if (now != last[i])
                Note(nodes[i].Name, last[i], now);
            last[i] = now;
        }
    }

    private void Note(string node, Seen before, Seen now)
    {
        if (before.Leads && (!now.Leads || now.Term != before.Term))
            record.Note(node, LeadsNoMore, Text(before.Term));
        if (now.Term != before.Term)
            record.Note(node, Term, Text(now.Term));
        if (now.Leads && (!before.Leads || now.Term != before.Term))
            record.Note(node, Leads, Text(now.Term));
        if (now.Commit > before.Commit)
            record.Note(node, Commit, Text(now.Commit));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Seen(bool Leads, long Term, long Commit);
}
