namespace Quorate.Cli.Lab.Flp;

/// <summary>What a node takes for its value when a round told it nothing.</summary>
internal enum FallbackRule
{
    /// <summary>The one that it heard from the other node.</summary>
    Heard,

    /// <summary>Zero.</summary>
    Zero,

    /// <summary>What the number of the round says, odd or even: a coin that everybody foresees.</summary>
    Turn,

    /// <summary>What a coin says that nobody else sees before: Ben-Or's own rule.</summary>
    Coin,
}

/// <summary>A message of the protocol, to every other node.</summary>
/// <param name="Round">The round, from 1.</param>
/// <param name="IsProposal">Whether it is of the second half of the round.</param>
/// <param name="Value">The value; null, in a proposal, for none.</param>
internal readonly record struct BenOrMessage(int Round, bool IsProposal, int? Value);

/// <summary>
/// One of three nodes of Ben-Or's binary consensus, which waits for one other node in each half of a round and so does without any one of
/// them. It reports its value; when the two values it has are equal it proposes it; who has two proposals decides, who has one takes it
/// over, and who has none falls back on its rule.
/// </summary>
/// <remarks>Source: Ben-Or, "Another advantage of free choice", PODC 1983, protocol A, with n = 3 and t = 1.</remarks>
internal sealed class BenOrCore(int value, FallbackRule rule, Func<int> coin, int round = 1)
{
    private readonly SortedDictionary<(int Round, bool IsProposal), int?> firstHeard = [];
    private int? reported;
    private int? proposed;

    /// <summary>What it holds for right now.</summary>
    public int Value { get; private set; } = value;

    /// <summary>The round that it is in.</summary>
    public int Round { get; private set; } = round;

    /// <summary>Whether it is in the second half of the round.</summary>
    public bool IsProposing { get; private set; }

    /// <summary>What it decided; null while it has not.</summary>
    public int? Decided { get; private set; }

    /// <summary>The round in which it decided.</summary>
    public int DecidedIn { get; private set; }

    /// <summary>What it has to say in its half of its round.</summary>
    public BenOrMessage Word => new(Round, IsProposing, IsProposing ? proposed : Value);

    /// <summary>Takes a message of another node.</summary>
    public void Take(BenOrMessage message)
    {
        var half = (message.Round, message.IsProposal);
        // Two messages are enough, its own and the first: later ones of the same half say nothing any more.
        if (half.CompareTo((Round, IsProposing)) >= 0)
            firstHeard.TryAdd(half, message.Value);
    }

    /// <summary>Goes on to the next half of a round where it heard enough.</summary>
    public bool TryGoOn()
    {
        if (!firstHeard.Remove((Round, IsProposing), out var heard))
            return false;
        if (IsProposing)
            EndRound(heard);
        else
            (reported, proposed, IsProposing) = (heard, heard == Value ? Value : null, true);
        return true;
    }

    private void EndRound(int? heard)
    {
        if (proposed is { } both && heard == both)
        {
            if (Decided is null)
                (Decided, DecidedIn) = (both, Round);
            Value = both;
        }
        else
            Value = proposed ?? heard ?? FallBack();
        (Round, IsProposing) = (Round + 1, false);
    }

    private int FallBack() => rule switch
    {
        FallbackRule.Heard => reported!.Value,
        FallbackRule.Zero => 0,
        FallbackRule.Turn => Round % 2,
        _ => coin(),
    };
}
