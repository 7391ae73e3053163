using System.Buffers.Binary;
using Quorate.Kernel.Encoding;

namespace Quorate.Checking.ModelChecking;

/// <summary>Visits every state of a model, breadth first, and shows a shortest path to the first that is wrong.</summary>
/// <remarks>
/// Guarantee: <see cref="ModelOutcome.Holds"/> means that every reachable state was visited, but for a chance of about n²/2¹²⁹ that two
/// of n states had one hash; the same model gives the same verdict and numbers each time.
/// Cost: 16 bytes of hash and 8 of path for each state, and the bytes of the states of two levels.
/// Fails when: a limit is met: <see cref="ModelOutcome.Unknown"/>.
/// Source: breadth-first search with hash compaction (Stern and Dill, "Improved Probabilistic Verification by Hash Compaction", 1995).
/// </remarks>
public sealed class ModelChecker
{
    private readonly IModel model;
    private readonly ModelLimits limits;
    private readonly HashSet<UInt128> visited = [];
    private readonly List<(int Parent, int Action)> origins = [];
    private readonly Dictionary<string, int> actionNumbers = [];
    private readonly List<string> actions = [];
    private readonly ModelSteps steps;
    private StateBuffer next = new();
    private int current;
    private long tried;
    private bool full;
    private (int Parent, string Action, string What)? broken;

    private ModelChecker(IModel model, ModelLimits limits)
    {
        this.model = model;
        this.limits = limits;
        steps = new ModelSteps(Take);
    }

    /// <summary>Checks a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="limits">How much to explore; null for the defaults.</param>
    public static ModelVerdict Check(IModel model, ModelLimits? limits = null) =>
        new ModelChecker(model, limits ?? new ModelLimits()).Run();

    private ModelVerdict Run()
    {
        var first = new ByteWriter();
        model.WriteInitial(first);
        current = -1;
        Take("start", first.WrittenMemory, null);
        tried = 0;
        for (var depth = 0; ; depth++)
        {
            if (broken is { } found)
                return new ModelVerdict(ModelOutcome.Violated, visited.Count, tried, depth, found.What, PathTo(found.Parent, found.Action));
            if (full || (depth > limits.DepthMax && next.Count > 0))
                return new ModelVerdict(ModelOutcome.Unknown, visited.Count, tried, depth, null, []);
            if (next.Count == 0)
                return new ModelVerdict(ModelOutcome.Holds, visited.Count, tried, Math.Max(depth - 1, 0), null, []);
            ExploreLevel();
        }
    }

    private void ExploreLevel()
    {
        var level = next;
        next = new StateBuffer();
        // The states of a level are the last that were found, in their order.
        current = origins.Count - level.Count - 1;
        foreach (var state in level.States)
        {
            current++;
            model.Explore(state.Span, steps);
            if (broken is not null || full)
                return;
        }
    }

    private void Take(string action, ReadOnlyMemory<byte> state, string? violation)
    {
        tried++;
        if (broken is not null || full)
            return;
        if (violation is not null)
        {
            broken = (current, action, violation);
            return;
        }

        if (!visited.Add(Hash(state.Span)))
            return;
        full = visited.Count > limits.StatesMax;
        if (model.Violation(state.Span) is { } wrong)
            broken = (current, action, wrong);
        next.Add(state.Span);
        origins.Add((current, NumberOf(action)));
    }

    private int NumberOf(string action)
    {
        if (actionNumbers.TryGetValue(action, out var number))
            return number;
        actionNumbers.Add(action, actions.Count);
        actions.Add(action);
        return actions.Count - 1;
    }

    private List<string> PathTo(int parent, string last)
    {
        var path = new List<string> { last };
        for (var at = parent; at > 0; at = origins[at].Parent)
            path.Add(actions[origins[at].Action]);
        path.Reverse();
        return path;
    }

    // Two lanes of multiply and mix over words of eight bytes; the length goes in first, so that padding is no ambiguity.
    private static UInt128 Hash(ReadOnlySpan<byte> bytes)
    {
        var low = StableHash.Combine(0x9e3779b97f4a7c15UL, (ulong)bytes.Length);
        var high = StableHash.Combine(0xc2b2ae3d27d4eb4fUL, (ulong)bytes.Length);
        Span<byte> tail = stackalloc byte[sizeof(ulong)];
        while (bytes.Length > 0)
        {
            ulong word;
            if (bytes.Length >= sizeof(ulong))
            {
                word = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                bytes = bytes[sizeof(ulong)..];
            }
            else
            {
                tail.Clear();
                bytes.CopyTo(tail);
                word = BinaryPrimitives.ReadUInt64LittleEndian(tail);
                bytes = default;
            }

            low = StableHash.Combine(low, word);
            high = StableHash.Combine(high, ulong.RotateLeft(word, 29) * 0x9fb21c651e98df25UL);
        }

        return new UInt128(high, low);
    }
}
