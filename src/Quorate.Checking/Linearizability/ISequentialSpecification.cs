namespace Quorate.Checking.Linearizability;

/// <summary>What the operations of one partition do when they run one after another. States are numbers; so are operations.</summary>
/// <remarks>
/// Guarantee asked of an implementation: <see cref="Apply"/> is a pure function, and equal states have equal futures.
/// Cost: a check calls it once or more for each configuration that it visits, so it should be a table look-up.
/// Fails when: it throws; the check then ends with that exception.
/// Source: Herlihy and Wing, Linearizability, 1990, section 2.3 (sequential specification).
/// </remarks>
public interface ISequentialSpecification
{
    /// <summary>What <see cref="Apply"/> returns where the operation could not have had its result in that state.</summary>
    const int Rejected = -1;

    /// <summary>The state before the first operation; not negative.</summary>
    int Initial { get; }

    /// <summary>The state after an operation, not negative, or <see cref="Rejected"/>. An unknown operation has any result.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="operation">The operation's place in the partition.</param>
    int Apply(int state, int operation);

    /// <summary>Unknown operations with the same class have the same effect in every state, so they can stand in for each other.</summary>
    /// <param name="operation">The operation's place in the partition.</param>
    int EffectClass(int operation);

    /// <summary>Whether an operation never changes the state, in no state that it fits.</summary>
    /// <param name="operation">The operation's place in the partition.</param>
    bool IsObserver(int operation);

    /// <summary>Whether the state after an operation, with its result known, is the same whatever the state before.</summary>
    /// <param name="operation">The operation's place in the partition.</param>
    bool Settles(int operation);

    /// <summary>Whether one operation's result or effect may depend on another being the last that changed the state.</summary>
    /// <param name="observer">The one that may depend.</param>
    /// <param name="writer">The one that may have changed the state.</param>
    bool Observes(int observer, int writer);

    /// <summary>Whether running one operation directly before another comes to the same as running only the other.</summary>
    /// <param name="later">The other.</param>
    /// <param name="earlier">The one before it.</param>
    bool Masks(int later, int earlier);

    /// <summary>
    /// How many bytes the states take that <see cref="Apply"/> has made so far, with the room that growing tables leave behind; they count
    /// against a check's memory.
    /// </summary>
    long HeldBytes => 0;

    /// <summary>The state in words.</summary>
    /// <param name="state">The state.</param>
    string Describe(int state);
}
