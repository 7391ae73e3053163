using System.Globalization;
using Quorate.Simulation.Tracing;
using Quorate.Testing.Drawing;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// Notes in the record of a run who leads in which term, and what is committed.
/// </summary>
internal sealed class LeadershipWatch(RunRecord record)
{
    /// <summary>Notes what has changed at a node. Where it is down, only that it leads no more.</summary>
    /// <param name="node">Its name.</param>
    /// <param name="before">What was seen of it before.</param>
    /// <param name="now">What is seen now.</param>
    public void Note(string node, in NodeSight before, in NodeSight now)
    {
        if (before.Leads && (!now.Leads || now.Term != before.Term))
            record.Note(node, DrawnNotes.LeadsNoMore, Text(before.Term));
        if (now.Host is null)
            return;
        if (now.Term != before.Term)
            record.Note(node, DrawnNotes.Term, Text(now.Term));
        if (now.Leads && (!before.Leads || now.Term != before.Term))
            record.Note(node, DrawnNotes.Leads, Text(now.Term));
        if (now.CommitIndex > before.CommitIndex)
            record.Note(node, DrawnNotes.Commit, Text(now.CommitIndex));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
