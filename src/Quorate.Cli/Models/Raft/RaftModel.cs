using Quorate.Checking.ModelChecking;
using Quorate.Kernel.Encoding;
using Quorate.Protocols.Raft;

namespace Quorate.Cli.Models.Raft;

/// <summary>
/// The production core, three times, with a network that keeps every message for ever: a message may be delivered never (loss), late, in
/// any order, and again (duplication). Elections begin on order, without the pre-vote, and no vote is withheld for a leader that was just
/// heard: both only make fewer elections happen, so the model has more behaviours than a cluster.
/// </summary>
internal sealed class RaftModel : IModel
{
    private const string Leads = "a server leads";
    private const string Commits = "a command is committed";
    private const string AllCommitted = "every command is committed";
    private readonly ByteWriter writer = new(1024);
    private readonly RaftModelBounds bounds;
    private readonly ServerTable servers;
    private readonly Renamings renamings;
    private readonly RaftWorld world;
    private readonly RaftWorld next;

    // How many states the one that the writer holds stands for.
    private int orbit;

    public RaftModel(RaftModelBounds bounds)
    {
        this.bounds = bounds;
        var names = ReducedModel.Permutations(bounds.IsReduced ? bounds.Servers : 0);
        if (!bounds.IsReduced)
            names = [[.. Enumerable.Range(0, bounds.Servers)]];
        servers = new ServerTable(bounds, names);
        renamings = new Renamings(servers, names, bounds.Servers);
        world = new RaftWorld(bounds.Servers);
        next = new RaftWorld(bounds.Servers);
    }

    /// <summary>How many states the visited ones stand for.</summary>
    public long Represented { get; private set; }

    public IReadOnlyList<string> Facts => [Leads, Commits, AllCommitted];

    public IReadOnlyList<ModelProperty> Properties =>
    [
        ModelProperty.Sometimes(Leads),
        .. bounds.Commands > 0 ? (ModelProperty[])[ModelProperty.Sometimes(Commits)] : [],
        .. bounds.Liveness ? (ModelProperty[])[ModelProperty.Eventually(Leads)] : [],
        .. bounds.Liveness && bounds.Candidates == 1 ? (ModelProperty[])[ModelProperty.Eventually(AllCommitted)] : [],
    ];

    // A message that can be delivered again and again is delivered, also where a loss or another delivery comes in between. Timers run out,
    // writes end and clients ask, as long as they can. Nothing else need happen.
    public IReadOnlyList<FairAction> FairActions => bounds.Liveness
        ? [
            .. Enumerable.Range(1, bounds.Servers).SelectMany(from => Enumerable.Range(1, bounds.Servers)
                .Select(to => new FairAction($"n{to} receives from n{from}", Fairness.Strong))),
            .. Enumerable.Range(1, bounds.Servers).Select(place => new FairAction($"n{place} goes on")),
        ]
        : [];

    public int FactsOf(ReadOnlySpan<byte> state)
    {
        next.Read(state);
        var facts = 0;
        foreach (var number in next.Servers)
            facts |= servers[number].Role == RaftRole.Leader ? 1 : 0;
        var commands = 0;
        foreach (var entry in next.Committed)
            commands += ServerState.IsCommand(entry) ? 1 : 0;
        return facts | (commands > 0 ? 2 : 0) | (commands == bounds.Commands && next.CommittedCount > 0 ? 4 : 0);
    }

    public void WriteInitial(ByteWriter target)
    {
        for (var i = 0; i < bounds.Servers; i++)
            next.Servers[i] = servers.First[i].Number;
        renamings.Normalise(next);
        next.Write(target);
    }

    public void Explore(ReadOnlySpan<byte> state, ModelSteps steps)
    {
        world.Read(state);
        for (var place = 0; place < bounds.Servers; place++)
            ExploreServer(place, steps);
        foreach (var packed in world.Network)
        {
            var (from, to, message) = RaftWorld.Unpack(packed);
            Try(to, new ServerStep(ServerStepKind.Receives, from, message), steps);
        }
    }

    public string? Violation(ReadOnlySpan<byte> state)
    {
        next.Read(state);
        // A new state is asked about as it comes: what it stands for is known then.
        if (!state.SequenceEqual(writer.WrittenSpan))
            orbit = renamings.Normalise(next);
        Represented += orbit;
        for (var i = 0; i < bounds.Servers; i++)
        {
            var a = servers[next.Servers[i]];
            for (var j = i + 1; j < bounds.Servers; j++)
            {
                if (Disagreement(a, servers[next.Servers[j]]) is { } disagreement)
                    return disagreement;
            }

            if ((StateMachineSafety(a) ?? Completeness(a)) is { } loss)
                return loss;
        }

        return null;
    }

    private void ExploreServer(int place, ModelSteps steps)
    {
        var server = servers[world.Servers[place]];
        if (server.Writes)
            Try(place, new ServerStep(ServerStepKind.CompletesWrite), steps);
        if (server.Role != RaftRole.Leader && server.Term < bounds.Terms && place < bounds.Candidates)
            Try(place, new ServerStep(ServerStepKind.TimesOut), steps);
        if (server.Role == RaftRole.Leader && world.Commands < bounds.Commands)
            Try(place, new ServerStep(ServerStepKind.TakesCommand, Number: world.Commands + 1), steps);
        if (world.Crashes < bounds.Crashes)
            Try(place, new ServerStep(ServerStepKind.Crashes), steps);
    }

    private void Try(int place, ServerStep step, ModelSteps steps)
    {
        var server = servers[world.Servers[place]];
        var reaction = servers.After(server, step);
        if (reaction.Plain is { } plain)
            Take(place, server, step, plain, steps);
        if (reaction.Crashing is { } crashing && world.Crashes < bounds.Crashes)
            Take(place, server, step with { ThenCrashes = true }, crashing, steps);
    }

    private void Take(int place, ServerState server, ServerStep step, ServerOutcome outcome, ModelSteps steps)
    {
        if (outcome.Broken is { } broken)
        {
            steps.Break(outcome.Action, broken);
            return;
        }

        var crashes = step.ThenCrashes || step.Kind == ServerStepKind.Crashes;
        next.CopyFrom(world);
        next.Servers[place] = outcome.Next.Number;
        next.Crashes += crashes ? 1 : 0;
        next.Commands += step.Kind == ServerStepKind.TakesCommand ? 1 : 0;
        for (var index = next.CommittedCount; index < outcome.Next.CommitIndex; index++)
            next.Commit(outcome.Next.Log[index]);
        if (outcome.Next != server)
            DropDead(place, outcome.Next);
        foreach (var (to, message) in outcome.Sent)
        {
            if (!IsDead(place, message, servers[next.Servers[to]]))
                next.Post(RaftWorld.Pack(place, to, message));
        }

        orbit = renamings.Normalise(next);
        writer.Clear();
        next.Write(writer);
        steps.Add(outcome.Action, writer.WrittenSpan, FairActionOf(place, step));
    }

    private int FairActionOf(int place, ServerStep step)
    {
        if (!bounds.Liveness || step.ThenCrashes || step.Kind == ServerStepKind.Crashes)
            return -1;
        return (step.Kind == ServerStepKind.Receives ? step.From * bounds.Servers : bounds.Servers * bounds.Servers) + place;
    }

    // Only the messages to the server that changed can have become dead.
    private void DropDead(int place, ServerState receiver)
    {
        var network = next.Network;
        var kept = 0;
        foreach (var packed in network)
        {
            var (from, to, message) = RaftWorld.Unpack(packed);
            if (to != place || !IsDead(from, message, receiver))
                network[kept++] = packed;
        }

        next.Cut(kept);
    }

    // Without messages that can do nothing any more, states that differ in nothing else are one. Of a term that the receiver durably left
    // comes at most a refusal, which tells a third server of the newer term; it does nothing then that it would not do when a message of
    // that term itself reaches it. An answer does nothing to a server that durably is in its term and neither stands nor leads: in one term
    // a server stands once, and leads after that. And matchIndex never falls.
    private bool IsDead(int from, int message, ServerState receiver)
    {
        var traits = servers.Messages.TraitsOf(message);
        if (traits.Term != receiver.DurableTerm)
            return traits.Term < receiver.DurableTerm;
        if (traits.IsVote)
            return receiver.Role != RaftRole.Candidate;
        return traits.Match >= 0 && (receiver.Role != RaftRole.Leader || traits.Match < receiver.Match[from]);
    }

    private static string? Disagreement(ServerState a, ServerState b)
    {
        if (a.Role == RaftRole.Leader && b.Role == RaftRole.Leader && a.Term == b.Term)
            return $"election safety: n{a.Place + 1} and n{b.Place + 1} both lead term {a.Term}";
        var last = Math.Min(a.Log.Length, b.Log.Length) - 1;
        while (last >= 0 && ServerState.TermOf(a.Log[last]) != ServerState.TermOf(b.Log[last]))
            last--;
        return a.Log.AsSpan(0, last + 1).SequenceEqual(b.Log.AsSpan(0, last + 1))
            ? null
            : $"log matching: n{a.Place + 1} and n{b.Place + 1} hold one entry behind different prefixes";
    }

    private string? StateMachineSafety(ServerState server)
    {
        for (var i = 0; i < server.CommitIndex; i++)
        {
            if (server.Log[i] != next.Committed[i])
                return $"state machine safety: n{server.Place + 1} commits another entry at {i + 1}";
        }

        return null;
    }

    // What was committed in an earlier term is in the log of every leader of a later one. A leader commits up to an entry of its own term
    // (section 5.4.2), so that nothing was committed in a later term than that of the last entry: an older leader may well lack it.
    private string? Completeness(ServerState server)
    {
        if (server.Role != RaftRole.Leader || next.CommittedCount == 0 || ServerState.TermOf(next.Committed[^1]) >= server.Term)
            return null;
        for (var i = 0; i < next.CommittedCount; i++)
        {
            if (i >= server.Log.Length || server.Log[i] != next.Committed[i])
                return $"leader completeness: n{server.Place + 1} leads term {server.Term} without the committed entry {i + 1}";
        }

        return null;
    }
}
