using Quorate.Kernel.Encoding;

namespace Quorate.Checking.ModelChecking;

/// <summary>Writes a state with its members renamed: member i becomes <paramref name="names"/>[i], wherever the state speaks of
/// it.</summary>
/// <param name="state">The state.</param>
/// <param name="names">The new place of each member.</param>
/// <param name="writer">Where to.</param>
public delegate void StateRenaming(ReadOnlySpan<byte> state, IReadOnlyList<int> names, ByteWriter writer);

/// <summary>A model of members that are alike, in which one state stands for all that differ only in their names.</summary>
/// <remarks>
/// Guarantee: when renaming a state and then taking a step comes to the same as the step and then renaming, the reduced model breaks an
/// invariant exactly if the model does. A path then mixes names: each step is right up to a renaming.
/// Cost: each step is renamed in n! ways; the states become up to n! times fewer.
/// Fails when: the model has properties of liveness, whose fair actions tell members apart: <see cref="ArgumentException"/>.
/// Source: Ip and Dill, "Better Verification Through Symmetry", 1996.
/// </remarks>
public sealed class ReducedModel : IModel
{
    private const int MembersMax = 8;
    private readonly IModel model;
    private readonly StateRenaming rename;
    private readonly int[][] names;
    private readonly ByteWriter candidate = new();
    private readonly ByteWriter smallest = new();

    /// <summary>Reduces a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="members">How many members are alike; from 1 to 8.</param>
    /// <param name="rename">Renames them in a state.</param>
    /// <exception cref="ArgumentException">The model has properties of liveness.</exception>
    public ReducedModel(IModel model, int members, StateRenaming rename)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(members, MembersMax);
        if (model.Properties.Any(p => p.IsLiveness))
            throw new ArgumentException("Liveness cannot be checked with symmetry: fair actions tell members apart.", nameof(model));
        this.model = model;
        this.rename = rename;
        names = Permutations(members);
    }

    /// <summary>How many states the visited ones stand for.</summary>
    public long Represented { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Facts => model.Facts;

    /// <inheritdoc/>
    public IReadOnlyList<ModelProperty> Properties => model.Properties;

    /// <summary>All ways to order the numbers below a bound; the first changes nothing.</summary>
    /// <param name="count">The bound.</param>
    public static int[][] Permutations(int count)
    {
        IEnumerable<int[]> all = [[]];
        for (var i = 0; i < count; i++)
            all = all.SelectMany(a => Enumerable.Range(0, count).Where(n => !a.Contains(n)).Select(n => (int[])[.. a, n])).ToArray();
        return [.. all];
    }

    /// <inheritdoc/>
    public int FactsOf(ReadOnlySpan<byte> state) => model.FactsOf(state);

    /// <inheritdoc/>
    public void WriteInitial(ByteWriter writer)
    {
        var first = new ByteWriter();
        model.WriteInitial(first);
        Reduce(first.WrittenSpan);
        writer.WriteRaw(smallest.WrittenSpan);
    }

    /// <inheritdoc/>
    public void Explore(ReadOnlySpan<byte> state, ModelSteps steps) => model.Explore(state, new ModelSteps((action, _, next, violation) =>
    {
        if (violation is not null)
        {
            steps.Break(action, violation);
            return;
        }

        Reduce(next);
        steps.Add(action, smallest.WrittenSpan);
    }));

    /// <inheritdoc/>
    public string? Violation(ReadOnlySpan<byte> state)
    {
        Represented += names.Length / Reduce(state);
        return model.Violation(state);
    }

    // Returns how many renamings lead to the smallest: those are as many for each state that it stands for.
    private int Reduce(ReadOnlySpan<byte> state)
    {
        var equal = 0;
        foreach (var way in names)
        {
            candidate.Clear();
            rename(state, way, candidate);
            var order = equal == 0 ? -1 : candidate.WrittenSpan.SequenceCompareTo(smallest.WrittenSpan);
            equal = order < 0 ? 1 : order == 0 ? equal + 1 : equal;
            if (order >= 0)
                continue;
            smallest.Clear();
            smallest.WriteRaw(candidate.WrittenSpan);
        }

        return equal;
    }
}
