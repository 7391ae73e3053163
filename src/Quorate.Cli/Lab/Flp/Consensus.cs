using Quorate.Cli.Lab.Messaging;
using Quorate.Cli.Lab.Runs;
using Quorate.Kernel.Encoding;
using Quorate.Simulation;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Lab.Flp;

/// <summary>How a run is made.</summary>
/// <param name="Rule">The nodes' rule.</param>
/// <param name="Adversary">What the adversary knows; null where the postman is honest.</param>
/// <param name="RoundsMax">After how many rounds the nodes give up.</param>
/// <param name="Inputs">The nodes' values, a bit each.</param>
internal sealed record ConsensusSetting(FallbackRule Rule, Valency? Adversary, int RoundsMax, int Inputs);

/// <summary>How a run of the protocol ended.</summary>
/// <param name="Setting">How it was made.</param>
/// <param name="Decided">What each node decided; null where it did not.</param>
/// <param name="Rounds">The round of the last decision; the bound where a node did not decide.</param>
/// <param name="FirstRound">The round of the first decision; the bound plus one where nobody decided.</param>
/// <param name="Sent">Letters sent.</param>
/// <param name="Received">Letters received.</param>
/// <param name="HeldMax">The longest that the postman held one.</param>
internal sealed record ConsensusRun(
    ConsensusSetting Setting, IReadOnlyList<int?> Decided, int Rounds, int FirstRound, int Sent, int Received, TimeSpan HeldMax)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LastLetters = TimeSpan.FromSeconds(2);

    /// <summary>Whether every node decided.</summary>
    public bool IsDecided => Decided.All(d => d is not null);

    /// <summary>Whether nobody did.</summary>
    public bool IsUndecided => Decided.All(d => d is null);

    /// <summary>Whether those that decided agree, on a value that one of them began with.</summary>
    public bool IsSafe
    {
        get
        {
            var values = Decided.OfType<int>().Distinct().ToArray();
            var inputs = Enumerable.Range(0, Valency.Nodes).Select(n => Setting.Inputs >> n & 1);
            return values.Length <= 1 && values.All(inputs.Contains);
        }
    }

    /// <summary>Runs it in a world of its own.</summary>
    public static ConsensusRun Of(ConsensusSetting setting, ulong seed, WorldTally worlds, bool isFilmed, out Film? film)
    {
        var options = new WorldOptions { Record = WordsLabeler.Record(isFilmed) };
        using var world = new World(StableHash.Combine(seed, (ulong)setting.Inputs), options);
        var postman = new Postman(setting.Adversary, SeededRandom.For(seed, "postman"));
        var nodes = Enumerable.Range(0, Valency.Nodes).Select(n => new BenOrNode(
            n, setting.Inputs >> n & 1, setting.Rule, setting.RoundsMax,
            (kind, text) => world.Record?.Note(BenOrNode.NameOf(n), kind, text))).ToArray();
        for (var n = 0; n < nodes.Length; n++)
        {
            var node = nodes[n];
            world.AddMachine(BenOrNode.NameOf(n), (machine, _) => node.RunAsync(machine));
            // The adversary's lane is between those of the nodes.
            if (n == 0)
                world.AddMachine(Postman.Name, (machine, _) => postman.RunAsync(machine));
        }
        world.RunUntil(() => nodes.All(n => n.Decided is not null || n.IsThrough), Limit);
        var run = new ConsensusRun(
            setting,
            [.. nodes.Select(n => n.Decided)],
            nodes.Max(n => n.Decided is null ? setting.RoundsMax : n.DecidedIn),
            nodes.Min(n => n.Decided is null ? setting.RoundsMax + 1 : n.DecidedIn),
            nodes.Sum(n => n.Sent),
            0,
            default);
        var ended = world.Now;
        world.Run(LastLetters);
        worlds.Add(world);
        film = Film.Of(world, "");
        film = film is null ? null : film with { Focus = (TimeSpan.Zero, ended) };
        return run with { Sent = nodes.Sum(n => n.Sent), Received = nodes.Sum(n => n.Taken), HeldMax = postman.HeldMax };
    }
}
