using Quorate.Kernel.Encoding;
using Quorate.Kernel.Invariants;
using Quorate.Protocols.Raft;

namespace Quorate.Cli.Models.Raft;

/// <summary>
/// Every state that a single server gets into, and what each step makes of it, worked out once with the production core. There are far
/// fewer of them than states of the whole, which only combine them.
/// </summary>
internal sealed class ServerTable
{
    private readonly Dictionary<byte[], ServerState> states = new(new ByteArrayComparer());
    private readonly List<ServerState> numbered = [];
    private readonly ByteWriter writer = new(256);
    private readonly RaftModelBounds bounds;
    private readonly int[][] names;
    private int[] images = new int[1024];

    /// <summary>Starts with the servers' first states.</summary>
    /// <param name="bounds">The model's bounds.</param>
    /// <param name="names">The ways to rename the servers.</param>
    public ServerTable(RaftModelBounds bounds, int[][] names)
    {
        this.bounds = bounds;
        this.names = names;
        First = [.. Enumerable.Range(0, bounds.Servers).Select(place =>
        {
            var server = new ModelServer(place, bounds, Messages);
            server.Boot();
            return Keep(server, place, null);
        })];
    }

    public ServerState[] First { get; }

    public ModelMessages Messages { get; } = new();

    public ServerState this[int number] => numbered[number];

    /// <summary>What comes of a step.</summary>
    public Reaction After(ServerState state, ServerStep step) => state.Reactions.Find(step.Code) ?? React(state, step);

    /// <summary>
    /// A state with the servers renamed: the core itself gets there, when all that led here happens to it under the other names.
    /// </summary>
    public int ImageNumber(int state, int name)
    {
        // 0 means unknown.
        var known = images[(state * names.Length) + name];
        return known > 0 ? known - 1 : FindImage(state, name);
    }

    private int FindImage(int state, int name)
    {
        var image = numbered[state].Origin is { } origin
            ? Next(numbered[ImageNumber(origin.State.Number, name)], origin.Step.Renamed(names[name]))
            : First[names[name][numbered[state].Place]];
        images[(state * names.Length) + name] = image.Number + 1;
        return image.Number;
    }

    private ServerState Next(ServerState state, ServerStep step)
    {
        var reaction = After(state, step);
        return (step.ThenCrashes ? reaction.Crashing : reaction.Plain)!.Next;
    }

    private Reaction React(ServerState state, ServerStep step)
    {
        var plain = WorkOut(state, step);
        // A crash by itself is a step even where it changes nothing: it is counted.
        if (plain is { Broken: null, Sent.Length: 0 } && plain.Next == state && step.Kind != ServerStepKind.Crashes)
            plain = null;
        var mayCrash = !bounds.SlowDisk && bounds.Crashes > 0 && step.Kind != ServerStepKind.Crashes;
        var crashing = mayCrash ? WorkOut(state, step with { ThenCrashes = true }) : null;
        var reaction = plain is null && crashing is null ? Reaction.None : new Reaction(plain, crashing);
        state.Reactions.Add(step.Code, reaction);
        return reaction;
    }

    private ServerOutcome? WorkOut(ServerState state, ServerStep step)
    {
        var server = new ModelServer(state.Place, bounds, Messages).Read(state.Bytes);
        var action = Describe(state.Place, step);
        try
        {
            Do(server, step);
            if (step.ThenCrashes)
            {
                // A crash that nothing leaves before is the same as one without the step.
                if (!server.Writes || server.Sent.Count == 0)
                    return null;
                server.Boot();
            }
            else if (!bounds.SlowDisk)
            {
                while (server.Writes)
                    server.CompleteWrite();
            }

            return new ServerOutcome(Keep(server, state.Place, (state, step)), [.. server.Sent], null, action);
        }
        catch (InvariantViolationException e)
        {
            return new ServerOutcome(state, [], e.Message, action);
        }
    }

    private void Do(ModelServer server, ServerStep step)
    {
        switch (step.Kind)
        {
            case ServerStepKind.Receives:
                server.Receive(step.From, Messages[step.Number]);
                break;
            case ServerStepKind.TimesOut:
                server.TimeOut();
                break;
            case ServerStepKind.TakesCommand:
                server.Propose(step.Number);
                break;
            case ServerStepKind.CompletesWrite:
                server.CompleteWrite();
                break;
            default:
                server.Boot();
                break;
        }
    }

    private ServerState Keep(ModelServer server, int place, (ServerState, ServerStep)? origin)
    {
        writer.Clear();
        server.Write(writer);
        writer.WriteByte((byte)place);
        var key = writer.ToArray();
        if (states.TryGetValue(key, out var known))
            return known;
        var state = new ServerState(numbered.Count, place, key[..^1], server) { Origin = origin };
        states.Add(key, state);
        numbered.Add(state);
        if (images.Length < numbered.Count * names.Length)
            Array.Resize(ref images, numbered.Count * names.Length * 2);
        return state;
    }

    private string Describe(int place, ServerStep step)
    {
        var what = step.Kind switch
        {
            ServerStepKind.Receives => $"receives from n{step.From + 1} {Describe(Messages[step.Number])}",
            ServerStepKind.TimesOut => "times out",
            ServerStepKind.TakesCommand => "takes a command",
            ServerStepKind.CompletesWrite => "completes a write",
            _ => "crashes and restarts",
        };
        return $"n{place + 1} {what}{(step.ThenCrashes ? ", and crashes before that is durable" : "")}";
    }

    private static long LastOf(AppendRequest message) => message.PreviousIndex + message.Entries.Count;

    private static string Describe(RaftMessage message) => message switch
    {
        VoteRequest m => $"a request for its vote in term {m.Term}",
        VoteReply m => $"{(m.Granted ? "a" : "no")} vote in term {m.Term}",
        AppendRequest { Entries.Count: 0 } m => $"a heartbeat of term {m.Term} behind {m.PreviousIndex} with commit {m.CommitIndex}",
        AppendRequest m => $"entries {m.PreviousIndex + 1} to {LastOf(m)} of term {m.Term} with commit {m.CommitIndex}",
        AppendReply { Accepted: true } m => $"an acceptance to {m.Index} in term {m.Term}",
        AppendReply m => $"a refusal at {m.Index} in term {m.Term}",
        _ => message.ToString(),
    };
}
