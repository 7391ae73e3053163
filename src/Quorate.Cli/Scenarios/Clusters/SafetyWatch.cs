using Quorate.Cli.Scenarios.Violations;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication;
using Quorate.Simulation;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>
/// Looks at all logs at once, as nobody in the cluster can, while the world runs: the properties of figure 3 of the paper (election safety,
/// leader completeness, state machine safety, log matching), and that no leader takes a log for longer than it is.
/// </summary>
internal sealed class SafetyWatch(IReadOnlyList<SimulatedNode> nodes)
{
    private const long CompareEvery = 64;
    private const long MatchLogsEvery = 4096;
    private readonly Dictionary<long, string> leaders = [];
    private readonly List<CommittedEntry> committed = [];
    private readonly long[] ledTerm = new long[nodes.Count];

    /// <summary>Begins to compare all logs with each other, every now and then, until the world ends.</summary>
    /// <param name="world">The world of the nodes.</param>
    public void Begin(World world)
    {
        world.AddInvariant(CompareProgress, CompareEvery);
        world.AddInvariant(MatchLogs, MatchLogsEvery);
    }

    /// <summary>Takes note of a node that changed; throws where it must not be so.</summary>
    /// <param name="index">Its place among the nodes.</param>
    /// <param name="before">What was seen of it before.</param>
    /// <param name="now">What is seen now.</param>
    /// <param name="view">Its server.</param>
    public void Note(int index, in NodeSight before, in NodeSight now, in RaftView view)
    {
        // What is committed at a node that starts anew is looked at anew, and so is whether it leads.
        var isNew = !ReferenceEquals(before.Host, now.Host);
        var committedBefore = isNew ? 0 : before.CommitIndex;
        if (now.CommitIndex > committedBefore)
            NoteCommit(nodes[index], view, committedBefore);
        if (now.Leads && (isNew || now.Term != ledTerm[index]))
            NoteLeader(nodes[index], view);
        if (now.Leads || isNew)
            ledTerm[index] = now.Leads ? now.Term : 0;
    }

    private static RaftView? ViewOf(SimulatedNode node) => node.Host?.Inspect(SimulatedNode.Group);

    /// <summary>State machine safety: an index is committed with one entry, whoever says so.</summary>
    private void NoteCommit(SimulatedNode node, in RaftView view, long before)
    {
        for (var index = Math.Max(before + 1, view.FirstIndex); index <= view.CommitIndex; index++)
        {
            var term = view.TermAt(index)!.Value;
            while (committed.Count <= index)
                committed.Add(default);
            var known = committed[(int)index];
            if (known.Term != 0 && known.Term != term)
                throw new ViolationException(
                    $"state machine safety: at index {index} {node.Name} committed an entry of term {term}, "
                    + $"{known.By} one of term {known.Term}");
            if (known.Term == 0 || view.Term < known.SeenInTerm)
                committed[(int)index] = new CommittedEntry(term, view.Term, node.Name);
        }
    }

    /// <summary>Election safety, and leader completeness: what was committed in an earlier term is in the log of a leader.</summary>
    private void NoteLeader(SimulatedNode node, in RaftView view)
    {
        if (leaders.TryGetValue(view.Term, out var other) && other != node.Name)
            throw new ViolationException($"election safety: {other} and {node.Name} both lead in term {view.Term}");
        leaders[view.Term] = node.Name;
        for (var index = view.FirstIndex; index < committed.Count; index++)
        {
            var (term, seenInTerm, by) = committed[(int)index];
            if (term != 0 && seenInTerm < view.Term && view.TermAt(index) != term)
                throw new ViolationException(
                    $"leader completeness: {by} committed an entry of term {term} at index {index}, "
                    + $"and {node.Name}, the leader of term {view.Term}, has {Entry(view.TermAt(index))} there");
        }
    }

    /// <summary>A matchIndex never promises more than the follower holds: commitment rests on it.</summary>
    private void CompareProgress()
    {
        foreach (var node in nodes)
        {
            if (ViewOf(node) is not { Role: RaftRole.Leader } leader)
                continue;
            foreach (var peer in leader.Progress)
            {
                // A follower in a later term may have given way to another leader since, and nothing is committed by this one any more.
                var follower = nodes.First(n => n.Id == peer.Peer);
                if (ViewOf(follower) is not { } view || view.Term != leader.Term || Agree(leader, view, peer.Match))
                    continue;
                throw new ViolationException(
                    $"leader {node.Name} of term {leader.Term} takes the log of {follower.Name} for its own up to index {peer.Match}, where "
                    + $"it has {Entry(leader.TermAt(peer.Match))} and {follower.Name} has {Entry(view.TermAt(peer.Match))}");
            }
        }
    }

    private static bool Agree(in RaftView leader, in RaftView follower, long index) =>
        index < follower.FirstIndex || index < leader.FirstIndex || leader.TermAt(index) == follower.TermAt(index);

    /// <summary>Log matching: where two logs hold the same entry, they are the same up to it.</summary>
    private void MatchLogs()
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            for (var j = i + 1; j < nodes.Count; j++)
            {
                if (ViewOf(nodes[i]) is { } one && ViewOf(nodes[j]) is { } other)
                    MatchLogs(nodes[i], one, nodes[j], other);
            }
        }
    }

    private static void MatchLogs(SimulatedNode one, in RaftView oneView, SimulatedNode other, in RaftView otherView)
    {
        var same = Math.Min(oneView.LastIndex, otherView.LastIndex);
        var first = Math.Max(oneView.FirstIndex, otherView.FirstIndex);
        while (same >= first && oneView.TermAt(same) != otherView.TermAt(same))
            same--;
        for (var index = first; index < same; index++)
        {
            if (oneView.TermAt(index) != otherView.TermAt(index))
                throw new ViolationException(
                    $"log matching: {one.Name} and {other.Name} hold the same entry at index {same} and differ at {index}");
        }
    }

    private static string Entry(long? term) => term is { } value ? $"an entry of term {value}" : "none";

    private readonly record struct CommittedEntry(long Term, long SeenInTerm, string By);
}
