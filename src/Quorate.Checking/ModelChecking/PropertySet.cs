namespace Quorate.Checking.ModelChecking;

/// <summary>The properties of a model, with the facts as bits.</summary>
internal sealed class PropertySet
{
    private const int FactsMax = 16;
    private const int FairActionsMax = 64;
    private readonly List<string> facts;
    private readonly bool neverEnds;
    private readonly int endFacts;

    public PropertySet(IModel model)
    {
        facts = [.. model.Facts];
        if (facts.Count > FactsMax)
            throw new ArgumentException($"The model has {facts.Count} facts; {FactsMax} are the most.", nameof(model));
        FairActions = [.. model.FairActions];
        if (FairActions.Count > FairActionsMax)
            throw new ArgumentException($"The model has {FairActions.Count} fair actions; {FairActionsMax} are the most.", nameof(model));
        var all = model.Properties.ToList();
        Liveness = [.. all.Where(p => p.IsLiveness)];
        foreach (var property in all)
        {
            var fact = BitOf(property.Fact);
            _ = BitOf(property.Trigger);
            if (property.Kind == ModelPropertyKind.Sometimes)
                Sometimes |= fact;
            else if (property.Kind == ModelPropertyKind.EndsOnlyWith)
                endFacts |= fact;
            neverEnds |= property.Kind == ModelPropertyKind.NeverEnds;
        }
    }

    /// <summary>Whether there are facts to ask for.</summary>
    public bool HasFacts => facts.Count > 0;

    public IReadOnlyList<FairAction> FairActions { get; }

    public IReadOnlyList<ModelProperty> Liveness { get; }

    /// <summary>The facts that some state must have.</summary>
    public int Sometimes { get; }

    /// <summary>Whether not every state may be the last of a run.</summary>
    public bool ForbidsEnds => neverEnds || endFacts != 0;

    public string NameOf(int bit) => facts[int.TrailingZeroCount(bit)];

    /// <summary>Whether a state with these facts may be the last.</summary>
    /// <param name="of">The facts.</param>
    public bool MayEnd(int of) => !neverEnds && (of & endFacts) == endFacts;

    /// <summary>The bit of a fact; 0 for null.</summary>
    public int BitOf(string? fact)
    {
        if (fact is null)
            return 0;
        var place = facts.IndexOf(fact);
        return place >= 0 ? 1 << place : throw new ArgumentException($"A property speaks of '{fact}', and the model has no such fact.");
    }
}
