namespace Quorate.Checking.Linearizability;

/// <summary>The specification of a part of a partition's operations, begun in a state of its own.</summary>
internal sealed class PartSpecification(ISequentialSpecification whole, IReadOnlyList<int> places, int initial) : ISequentialSpecification
{
    public int Initial => initial;

    public int Apply(int state, int operation) => whole.Apply(state, places[operation]);

    public int EffectClass(int operation) => whole.EffectClass(places[operation]);

    public bool IsObserver(int operation) => whole.IsObserver(places[operation]);

    public bool Settles(int operation) => whole.Settles(places[operation]);

    public bool Observes(int observer, int writer) => whole.Observes(places[observer], places[writer]);

    public bool Masks(int later, int earlier) => whole.Masks(places[later], places[earlier]);

    public long HeldBytes => whole.HeldBytes;

    public string Describe(int state) => whole.Describe(state);
}
