using Quorate.Kernel.Encoding;

namespace Quorate.Checking.ModelChecking;

/// <summary>What the model checker explores: a first state, all that can happen in a state, and what must hold.</summary>
/// <remarks>
/// Guarantee: none of its own; equal states must have equal bytes, and the steps of a state must depend on its bytes alone.
/// Cost: each state is written and read many times, so its bytes should be few.
/// Fails when: an exception leaves it: the check fails with it.
/// Source: explicit-state model checking, as in TLC (Yu, Manolios and Lamport, "Model Checking TLA+ Specifications", 1999).
/// </remarks>
public interface IModel
{
    /// <summary>Writes the first state.</summary>
    /// <param name="writer">Where to.</param>
    void WriteInitial(ByteWriter writer);

    /// <summary>Does each thing that can happen in a state, and hands over what comes of it. A step that leads back to the same state is
    /// no step.</summary>
    /// <param name="state">The state.</param>
    /// <param name="steps">Takes the steps.</param>
    void Explore(ReadOnlySpan<byte> state, ModelSteps steps);

    /// <summary>The invariants: what is wrong with a state, or null. It is asked once for each state.</summary>
    /// <param name="state">The state.</param>
    string? Violation(ReadOnlySpan<byte> state) => null;

    /// <summary>Names of what may be true of a state, for <see cref="Properties"/> to speak of; at most 16.</summary>
    IReadOnlyList<string> Facts => [];

    /// <summary>Which facts are true of a state, bit 0 for the first.</summary>
    /// <param name="state">The state.</param>
    int FactsOf(ReadOnlySpan<byte> state) => 0;

    /// <summary>What must hold besides the invariants.</summary>
    IReadOnlyList<ModelProperty> Properties => [];

    /// <summary>The actions that may not be put off for ever; at most 64. Any other step, such as a loss or a crash, need never
    /// happen.</summary>
    IReadOnlyList<FairAction> FairActions => [];
}
