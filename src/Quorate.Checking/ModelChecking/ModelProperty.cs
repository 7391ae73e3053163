namespace Quorate.Checking.ModelChecking;

/// <summary>What kind of thing a property says.</summary>
public enum ModelPropertyKind
{
    /// <summary>Some reachable state has the fact.</summary>
    Sometimes,

    /// <summary>Each run comes to a state with the fact.</summary>
    Eventually,

    /// <summary>Each run comes to states with the fact again and again.</summary>
    AlwaysEventually,

    /// <summary>After a state with one fact comes, at once or later, one with the other.</summary>
    LeadsTo,

    /// <summary>A state that no step leaves has the fact.</summary>
    EndsOnlyWith,

    /// <summary>Each state has a step that leaves it: there is no deadlock.</summary>
    NeverEnds,
}

/// <summary>What must hold of a model besides its invariants, in terms of <see cref="IModel.Facts"/>.</summary>
/// <remarks>
/// Guarantee: the three of liveness (eventually, always eventually, leads to) speak of every infinite run that respects the model's <see
/// cref="IModel.FairActions"/>; a run that ends in a state counts as staying there for ever.
/// Cost: liveness keeps the whole graph, 8 bytes a step, and searches it once for each property.
/// Fails when: a fact is named that the model does not have: <see cref="ArgumentException"/>.
/// Source: Owicki and Lamport, "Proving Liveness Properties of Concurrent Programs", 1982.
/// </remarks>
public sealed record ModelProperty
{
    private ModelProperty(ModelPropertyKind kind, string? fact, string? trigger) => (Kind, Fact, Trigger) = (kind, fact, trigger);

    /// <summary>What it says.</summary>
    public ModelPropertyKind Kind { get; }

    /// <summary>The fact that must come; null for <see cref="ModelPropertyKind.NeverEnds"/>.</summary>
    public string? Fact { get; }

    /// <summary>The fact that it must follow, of <see cref="ModelPropertyKind.LeadsTo"/>.</summary>
    public string? Trigger { get; }

    /// <summary>Whether it speaks of whole runs.</summary>
    public bool IsLiveness => Kind is ModelPropertyKind.Eventually or ModelPropertyKind.AlwaysEventually or ModelPropertyKind.LeadsTo;

    /// <summary>Some reachable state has the fact: a model in which the interesting never happens proves nothing.</summary>
    /// <param name="fact">The fact.</param>
    public static ModelProperty Sometimes(string fact) => new(ModelPropertyKind.Sometimes, fact, null);

    /// <summary>Each run comes to a state with the fact.</summary>
    /// <param name="fact">The fact.</param>
    public static ModelProperty Eventually(string fact) => new(ModelPropertyKind.Eventually, fact, null);

    /// <summary>Each run comes to states with the fact again and again.</summary>
    /// <param name="fact">The fact.</param>
    public static ModelProperty AlwaysEventually(string fact) => new(ModelPropertyKind.AlwaysEventually, fact, null);

    /// <summary>After a state with one fact comes, at once or later, one with the other.</summary>
    /// <param name="trigger">The one.</param>
    /// <param name="fact">The other.</param>
    public static ModelProperty LeadsTo(string trigger, string fact) => new(ModelPropertyKind.LeadsTo, fact, trigger);

    /// <summary>A state that no step leaves has the fact: any other is a deadlock.</summary>
    /// <param name="fact">The fact.</param>
    public static ModelProperty EndsOnlyWith(string fact) => new(ModelPropertyKind.EndsOnlyWith, fact, null);

    /// <summary>Each state has a step that leaves it.</summary>
    public static ModelProperty NeverEnds { get; } = new(ModelPropertyKind.NeverEnds, null, null);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        ModelPropertyKind.Sometimes => $"sometimes {Fact}",
        ModelPropertyKind.Eventually => $"eventually {Fact}",
        ModelPropertyKind.AlwaysEventually => $"again and again {Fact}",
        ModelPropertyKind.LeadsTo => $"{Trigger} leads to {Fact}",
        ModelPropertyKind.EndsOnlyWith => $"ends only with {Fact}",
        _ => "never ends",
    };
}
