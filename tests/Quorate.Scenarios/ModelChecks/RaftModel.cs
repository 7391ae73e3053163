using Quorate.Checking.ModelChecking;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Invariants;
using Quorate.Protocols.Raft;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>How large the Raft model is, and what is wrong with it on purpose.</summary>
/// <param name="Servers">How many servers.</param>
/// <param name="Terms">The last term.</param>
/// <param name="Commands">How many commands are proposed in all.</param>
/// <param name="Crashes">How many crashes there are in all.</param>
/// <param name="Candidates">Servers from 1 to this one stand for election.</param>
/// <param name="SlowDisk">Whether other things happen while a write is under way; else a write is done at once, or lost by a crash at
/// once.</param>
/// <param name="ForgetVote">A planted bug: a restart forgets the vote.</param>
/// <param name="ForgetWrites">A planted bug: a restart forgets the last entry.</param>
internal sealed record RaftModelBounds(
    int Servers = 3,
    int Terms = 2,
    int Commands = 1,
    int Crashes = 1,
    int Candidates = 3,
    bool SlowDisk = false,
    bool ForgetVote = false,
    bool ForgetWrites = false);

/// <summary>
/// The production core, three times, with a network that keeps every message for ever: a message may be delivered never (loss), late, in
/// any
/// order, and again (duplication). Elections begin on order, without the pre-vote, and no vote is withheld for a leader that was just
/// heard: both only make fewer elections happen, so the model has more behaviours than a cluster.
/// </summary>
internal sealed class RaftModel(RaftModelBounds bounds) : IModel
{
    private static readonly RaftOptions Options = new();
    private readonly ByteWriter writer = new(1024);
    private readonly ByteWriter coreWriter = new(256);

    public void WriteInitial(ByteWriter target)
    {
        var world = new World(bounds.Servers);
        foreach (var server in world.Servers)
            Boot(server);
        world.Write(target);
    }

    public void Explore(ReadOnlySpan<byte> state, ModelSteps steps)
    {
        var bytes = state.ToArray();
        var world = World.Read(bytes);
        for (var i = 0; i < world.Servers.Length; i++)
            ExploreServer(bytes, world, i, steps);
        for (var m = 0; m < world.Network.Count; m++)
            Deliver(bytes, m, steps);
    }

    public string? Violation(ReadOnlySpan<byte> state)
    {
        var world = World.Read(state);
        var cores = world.Servers.Select(Core).ToArray();
        for (var a = 0; a < cores.Length; a++)
        {
            for (var b = a + 1; b < cores.Length; b++)
            {
                if (cores[a].Role == RaftRole.Leader && cores[b].Role == RaftRole.Leader && cores[a].Term == cores[b].Term)
                    return $"election safety: {a + 1} and {b + 1} both lead term {cores[a].Term}";
                if (!LogsMatch(cores[a], cores[b]))
                    return $"log matching: {a + 1} and {b + 1} hold one entry behind different prefixes";
            }
        }

        return cores.Select(c => Completeness(c, world.Committed)).FirstOrDefault(v => v is not null);
    }

    private void ExploreServer(byte[] bytes, World world, int i, ModelSteps steps)
    {
        var core = Core(world.Servers[i]);
        if (world.Servers[i].Writing.Count > 0)
            Act(bytes, i, $"disk of {i + 1} completes a write", (server, c) => server.CompleteWrite(c), steps);
        if (i < bounds.Candidates && core.Role != RaftRole.Leader && core.Term < bounds.Terms)
            Act(bytes, i, $"{i + 1} times out", TimeOut, steps);
        if (core.Role == RaftRole.Leader && world.Commands < bounds.Commands)
            Act(bytes, i, $"{i + 1} takes a command", Propose, steps, w => w.Commands++);
        if (world.Crashes < bounds.Crashes)
            Crash(bytes, i, steps);
    }

    // A candidate that times out becomes a pre-candidate, and a grant of its pre-vote a candidate of the next term; a follower gets there
    // at once.
    private static void TimeOut(ModelServer server, RaftCore core)
    {
        if (core.Role == RaftRole.Follower)
        {
            core.Step(new Received(server.Id, new TimeoutNow(core.Term)), default, server);
            return;
        }

        core.Step(new TimerFired(RaftTimer.Election), default, server);
        server.Sent.RemoveAll(s => RaftCodec.Read(s.Message) is PreVoteRequest);
        foreach (var voter in core.Configuration.Voters.Where(v => v != server.Id))
            core.Step(new Received(voter, new PreVoteReply(core.Role == RaftRole.PreCandidate ? core.Term + 1 : core.Term, true)), default, server);
    }

    private static void Propose(ModelServer server, RaftCore core) =>
        core.Step(new Propose(1, [new byte[] { (byte)server.Id.Value }]), default, server);

    private void Deliver(byte[] bytes, int m, ModelSteps steps)
    {
        var world = World.Read(bytes);
        var (from, to, message) = world.Network[m];
        var decoded = RaftCodec.Read(message);
        var i = (int)to.Value - 1;
        Act(bytes, i, $"{to} receives from {from} {Show(decoded)}", (server, c) => c.Step(new Received(from, decoded), default, server), steps);
    }

    private void Crash(byte[] bytes, int i, ModelSteps steps)
    {
        var world = World.Read(bytes);
        var server = world.Servers[i];
        server.Writing.Clear();
        server.Held.Clear();
        if (bounds.ForgetVote)
            server.DiskHardState = server.DiskHardState with { VotedFor = NodeId.None };
        if (bounds.ForgetWrites && server.DiskEntries.Count > 0)
            server.DiskEntries.RemoveAt(server.DiskEntries.Count - 1);
        Boot(server);
        world.Crashes++;
        Finish(world, server, $"{i + 1} crashes and restarts", steps);
    }

    // What did not wait for the write is sent, and the write is lost.
    private void CrashBeforeWrite(byte[] bytes, int i, string action, List<(NodeId To, byte[] Message)> sent, ModelSteps steps)
    {
        var world = World.Read(bytes);
        if (world.Crashes >= bounds.Crashes || sent.Count == 0)
            return;
        var server = world.Servers[i];
        server.Sent.AddRange(sent);
        Boot(server);
        world.Crashes++;
        Finish(world, server, action + ", and crashes before that is durable", steps);
    }

    private void Act(byte[] bytes, int i, string action, Action<ModelServer, RaftCore> act, ModelSteps steps, Action<World>? also = null)
    {
        var world = World.Read(bytes);
        var server = world.Servers[i];
        try
        {
            var core = Core(server);
            act(server, core);
            if (!bounds.SlowDisk && server.Writing.Count > 0)
            {
                CrashBeforeWrite(bytes, i, action, server.Sent, steps);
                while (server.Writing.Count > 0)
                    server.CompleteWrite(core);
            }

            Save(server, core);
            also?.Invoke(world);
            for (var index = world.Committed.Count + 1; index <= core.CommitIndex; index++)
                world.Committed.Add(core.EntryAt(index));
            if (StateMachineSafety(core, world.Committed) is { } unsafeCommit)
                steps.Break(action, unsafeCommit);
            else
                Finish(world, server, action, steps);
        }
        catch (InvariantViolationException e)
        {
            steps.Break(action, e.Message);
        }
    }

    private void Finish(World world, ModelServer server, string action, ModelSteps steps)
    {
        foreach (var (to, message) in server.Sent)
            world.Post(server.Id, to, message);
        world.Network.RemoveAll(m => IsDead(world.Servers[(int)m.To.Value - 1], RaftCodec.Read(m.Message)));
        writer.Clear();
        world.Write(writer);
        steps.Add(action, writer.WrittenMemory);
    }

    // Nothing comes of a message of a term that the receiver durably left, but a refusal; and those count as lost. Nor of a vote to a
    // server
    // that is no candidate: it never is one again in that term. Without them, states that differ in nothing else are one.
    private static bool IsDead(ModelServer receiver, RaftMessage message) =>
        message.Term < receiver.DiskHardState.Term
        || (message is VoteReply && message.Term == receiver.DiskHardState.Term && receiver.Role != RaftRole.Candidate);

    private void Boot(ModelServer server)
    {
        var voters = new Configuration(Enumerable.Range(1, bounds.Servers).Select(i => new NodeId((ulong)i)));
        var core = new RaftCore(server.Id, Options, new RaftInitialState(server.DiskHardState, 0, 0, voters, [.. server.DiskEntries]));
        core.Step(new Started(), default, server);
        Save(server, core);
    }

    private void Save(ModelServer server, RaftCore core)
    {
        coreWriter.Clear();
        core.WriteCanonical(coreWriter);
        server.CoreBytes = coreWriter.ToArray();
        server.Role = core.Role;
    }

    private static RaftCore Core(ModelServer server)
    {
        var reader = new ByteReader(server.CoreBytes);
        return RaftCore.ReadCanonical(server.Id, Options, ref reader);
    }

    private static string? StateMachineSafety(RaftCore core, List<Entry> committed)
    {
        for (var index = 1; index <= core.CommitIndex; index++)
        {
            if (!Same(core.EntryAt(index), committed[index - 1]))
                return $"state machine safety: {core.Self} commits another entry at {index}";
        }

        return null;
    }

    // Leader completeness: what was committed in an earlier term is in the log of every leader of a later one.
    private static string? Completeness(RaftCore core, List<Entry> committed)
    {
        for (var index = 1; core.Role == RaftRole.Leader && index <= committed.Count; index++)
        {
            if (committed[index - 1].Term < core.Term && (core.LastIndex < index || !Same(core.EntryAt(index), committed[index - 1])))
                return $"leader completeness: {core.Self} leads term {core.Term} without the committed entry {index}";
        }

        return null;
    }

    private static bool LogsMatch(RaftCore a, RaftCore b)
    {
        var index = Math.Min(a.LastIndex, b.LastIndex);
        while (index > 0 && a.TermAt(index) != b.TermAt(index))
            index--;
        for (; index > 0; index--)
        {
            if (!Same(a.EntryAt(index), b.EntryAt(index)))
                return false;
        }

        return true;
    }

    private static bool Same(Entry a, Entry b) => a.Term == b.Term && a.Kind == b.Kind && a.Payload.Span.SequenceEqual(b.Payload.Span);

    private static string Show(RaftMessage message) =>
        message is AppendRequest append ? $"entries {append.PreviousIndex + 1}..{append.PreviousIndex + append.Entries.Count} of term {append.Term}" : message.ToString();
}
