namespace Quorate.Cli.Lab.Flp;

/// <summary>Whom each of the three nodes hears first in the two halves of a round: 64 ways.</summary>
/// <param name="Number">From 0 to 63.</param>
internal readonly record struct RoundOrder(int Number)
{
    /// <summary>How many there are.</summary>
    public const int Count = 64;

    /// <summary>Whom a node hears first in a half of the round.</summary>
    public int FirstOf(int node, bool isProposal) => (node + 1 + (Number >> (node + (isProposal ? 3 : 0)) & 1)) % Valency.Nodes;
}

/// <summary>
/// What can still be decided from where, found by running the protocol's own core through every order of every round: the adversary's
/// knowledge. A state is the three values at the beginning of a round, and whether the round is even or odd.
/// </summary>
/// <remarks>
/// Source: Fischer, Lynch, Paterson, "Impossibility of distributed consensus with one faulty process", JACM 1985: a state is bivalent when
/// both values can still be decided (lemma 2), and from a bivalent state a fair schedule leads to another (lemma 3).
/// </remarks>
internal sealed class Valency
{
    /// <summary>How many nodes there are.</summary>
    public const int Nodes = 3;

    /// <summary>How many ways there are to give each node a value.</summary>
    public const int Inputs = 1 << Nodes;

    private const int States = Inputs * 2;
    // In how many ways the coins of a round may fall: one, where nobody tosses any.
    private readonly int coinCases;
    private readonly int[,,] next;
    private readonly bool[,,] decides;
    private readonly bool[,] canDecide = new bool[States, 2];

    public Valency(FallbackRule rule)
    {
        coinCases = rule == FallbackRule.Coin ? 1 << Nodes : 1;
        next = new int[States, RoundOrder.Count, coinCases];
        decides = new bool[States, RoundOrder.Count, coinCases];
        for (var state = 0; state < States; state++)
            for (var order = 0; order < RoundOrder.Count; order++)
                for (var coins = 0; coins < coinCases; coins++)
                    Play(rule, state, new RoundOrder(order), coins);
        while (Spread())
        {
        }
    }

    /// <summary>The state in which these values begin this round.</summary>
    public static int StateOf(int values, int round) => values + round % 2 * Inputs;

    /// <summary>Whether both values can still be decided from here.</summary>
    public bool IsBivalent(int state) => canDecide[state, 0] && canDecide[state, 1];

    /// <summary>The orders after which, in the most cases of the coins, nobody has decided and both values are still possible.</summary>
    public IReadOnlyList<RoundOrder> BestOrders(int state)
    {
        var cases = Enumerable.Range(0, RoundOrder.Count).Select(order => Enumerable.Range(0, coinCases)
            .Count(coins => !decides[state, order, coins] && IsBivalent(next[state, order, coins]))).ToArray();
        var best = cases.Max();
        return [.. Enumerable.Range(0, RoundOrder.Count).Where(o => cases[o] == best).Select(o => new RoundOrder(o))];
    }

    private void Play(FallbackRule rule, int state, RoundOrder order, int coins)
    {
        var round = state / Inputs;
        var cores = Enumerable.Range(0, Nodes).Select(n => new BenOrCore(state >> n & 1, rule, () => coins >> n & 1, round)).ToArray();
        foreach (var isProposal in (bool[])[false, true])
        {
            var words = cores.Select(c => c.Word).ToArray();
            for (var n = 0; n < Nodes; n++)
            {
                cores[n].Take(words[order.FirstOf(n, isProposal)]);
                cores[n].TryGoOn();
            }
        }
        next[state, order.Number, coins] = StateOf(Enumerable.Range(0, Nodes).Sum(n => cores[n].Value << n), round + 1);
        decides[state, order.Number, coins] = cores.Any(c => c.Decided is not null);
        foreach (var core in cores)
            if (core.Decided is { } value)
                canDecide[state, value] = true;
    }

    // What can be decided later can be decided from here.
    private bool Spread()
    {
        var isNew = false;
        for (var state = 0; state < States; state++)
            for (var order = 0; order < RoundOrder.Count; order++)
                for (var coins = 0; coins < coinCases; coins++)
                    for (var value = 0; value < 2; value++)
                        if (canDecide[next[state, order, coins], value] && !canDecide[state, value])
                            isNew = canDecide[state, value] = true;
        return isNew;
    }
}
