namespace Quorate.Cli.Models.Raft;

/// <summary>What can happen to one server of the model.</summary>
internal enum ServerStepKind : byte
{
    Receives,
    TimesOut,
    TakesCommand,
    CompletesWrite,
    Crashes,
}

/// <summary>One thing that happens to one server.</summary>
/// <param name="Kind">What.</param>
/// <param name="From">The place of the message's sender.</param>
/// <param name="Number">The message's number, or the command's.</param>
/// <param name="ThenCrashes">Whether it crashes before what the step wrote is durable, and starts again.</param>
internal readonly record struct ServerStep(ServerStepKind Kind, int From = 0, int Number = 0, bool ThenCrashes = false)
{
    /// <summary>A number that no other step has, but for whether a crash follows.</summary>
    public int Code => (Number << 8) | (From << 4) | (int)Kind;

    /// <summary>The same with the servers renamed.</summary>
    public ServerStep Renamed(int[] names) => Kind == ServerStepKind.Receives ? this with { From = names[From] } : this;
}

/// <summary>What comes of a step.</summary>
/// <param name="Next">The state after it.</param>
/// <param name="Sent">What is sent: to which place, and the message's number.</param>
/// <param name="Broken">The invariant of the core that broke, or null.</param>
/// <param name="Action">What happened, for people.</param>
internal sealed record ServerOutcome(ServerState Next, (int To, int Message)[] Sent, string? Broken, string Action);

/// <summary>What comes of a step, without a crash behind it and with one. Null where it cannot happen, or changes nothing.</summary>
internal sealed record Reaction(ServerOutcome? Plain, ServerOutcome? Crashing)
{
    /// <summary>Nothing comes of it.</summary>
    public static Reaction None { get; } = new(null, null);
}
