using Quorate.Checking.ModelChecking;
using Quorate.Kernel.Encoding;
using Quorate.Protocols.Raft;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>
/// The production core, three times, with a network that keeps every message for ever: a message may be delivered never (loss), late, in
/// any order, and again (duplication). Elections begin on order, without the pre-vote, and no vote is withheld for a leader that was just
/// heard: both only make fewer elections happen, so the model has more behaviours than a cluster.
/// </summary>
internal sealed class RaftModel : IModel
{
    private readonly ByteWriter writer = new(1024);
    private readonly RaftModelBounds bounds;
    private readonly ServerTable servers;
    private readonly Renamings renamings;
    private readonly World world;
    private readonly World next;

    public RaftModel(RaftModelBounds bounds)
    {
        this.bounds = bounds;
        var names = Renamings.Of(bounds.Servers);
        if (!bounds.Symmetry)
            names = [names[0]];
        servers = new ServerTable(bounds, names);
        renamings = new Renamings(servers, names, bounds.Servers);
        world = new World(bounds.Servers);
        next = new World(bounds.Servers);
    }

    /// <summary>How many states the visited ones stand for.</summary>
    public long Represented { get; private set; }

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
            var (from, to, message) = World.Unpack(packed);
            Try(to, new ServerStep(ServerStepKind.Receives, from, message), steps);
        }
    }

    public string? Violation(ReadOnlySpan<byte> state)
    {
        next.Read(state);
        Represented += renamings.Normalise(next);
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
        if (server.Role != RaftRole.Leader && server.Term < bounds.Terms)
            Try(place, new ServerStep(ServerStepKind.TimesOut), steps);
        if (server.Role == RaftRole.Leader && world.Commands < bounds.Commands)
            Try(place, new ServerStep(ServerStepKind.TakesCommand, Number: world.Commands + 1), steps);
        if (world.Crashes < bounds.Crashes)
            Take(place, new ServerStep(ServerStepKind.Crashes), steps);
    }

    private void Try(int place, ServerStep step, ModelSteps steps)
    {
        Take(place, step, steps);
        if (!bounds.SlowDisk && world.Crashes < bounds.Crashes)
            Take(place, step with { ThenCrashes = true }, steps);
    }

    private void Take(int place, ServerStep step, ModelSteps steps)
    {
        var server = servers[world.Servers[place]];
        var outcome = servers.After(server, step);
        if (outcome?.Broken is { } broken)
            steps.Break(outcome.Action, broken);
        var crashes = step.ThenCrashes || step.Kind == ServerStepKind.Crashes;
        if (outcome is null || outcome.Broken is not null || (outcome.Next == server && outcome.Sent.Length == 0 && !crashes))
            return;
        next.CopyFrom(world);
        next.Servers[place] = outcome.Next.Number;
        next.Crashes += crashes ? 1 : 0;
        next.Commands += step.Kind == ServerStepKind.TakesCommand ? 1 : 0;
        for (var index = next.Committed.Count; index < outcome.Next.CommitIndex; index++)
            next.Committed.Add(outcome.Next.Log[index]);
        foreach (var (to, message) in outcome.Sent)
            next.Post(World.Pack(place, to, message));
        Add(outcome.Action, steps);
    }

    private void Add(string action, ModelSteps steps)
    {
        for (var i = next.Network.Count - 1; i >= 0; i--)
        {
            if (IsDead(next.Network[i]))
                next.Network.RemoveAt(i);
        }

        renamings.Normalise(next);
        writer.Clear();
        next.Write(writer);
        steps.Add(action, writer.WrittenMemory);
    }

    // Without messages that can do nothing any more, states that differ in nothing else are one. Of a term that the receiver durably left
    // comes at most a refusal, which tells a third server of the newer term; it does nothing then that it would not do when a message of
    // that term itself reaches it. An answer does nothing to a server that durably is in its term and neither stands nor leads: in one term
    // a server stands once, and leads after that. And matchIndex never falls.
    private bool IsDead(int packed)
    {
        var (from, to, number) = World.Unpack(packed);
        var message = servers.Messages[number];
        var receiver = servers[next.Servers[to]];
        if (message.Term != receiver.DurableTerm)
            return message.Term < receiver.DurableTerm;
        return message switch
        {
            VoteReply => receiver.Role != RaftRole.Candidate,
            AppendReply reply => receiver.Role != RaftRole.Leader || reply.Index < receiver.Match[from],
            _ => false,
        };
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

    // What was committed in an earlier term is in the log of every leader of a later one.
    private string? Completeness(ServerState server)
    {
        for (var i = 0; server.Role == RaftRole.Leader && i < next.Committed.Count; i++)
        {
            if (ServerState.TermOf(next.Committed[i]) < server.Term && (i >= server.Log.Length || server.Log[i] != next.Committed[i]))
                return $"leader completeness: n{server.Place + 1} leads term {server.Term} without the committed entry {i + 1}";
        }

        return null;
    }
}
