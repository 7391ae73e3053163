using Quorate.Checking.Linearizability;

namespace Quorate.Checking.Models;

/// <summary>Several keys that transactions tie together. A state is a number for the states of all the keys.</summary>
internal sealed class TransactionSpecification : ISequentialSpecification
{
    private const long BytesPerState = 144;
    private const long BytesPerStep = 88;
    private readonly KeyedAction[][] operations;
    private readonly int[] keys;
    private readonly Func<int, string> nameOf;
    private readonly ValueTable values;
    private readonly int[] classes;
    private readonly List<int[]> states = [];
    private readonly Dictionary<(int Prefix, int Value), int> trie = [];
    private readonly Dictionary<int, int> stateOfLeaf = [];
    private readonly int[] scratch;

    public TransactionSpecification(KeyedAction[][] operations, int[] keys, Func<int, string> nameOf, ValueTable values)
    {
        this.keys = keys;
        this.nameOf = nameOf;
        this.values = values;
        this.operations = operations
            .Select(steps => steps.Select(s => s with { Key = Array.BinarySearch(keys, s.Key) }).ToArray())
            .ToArray();
        classes = ClassesOf(this.operations);
        scratch = new int[keys.Length];
        Initial = NumberOf(scratch);
    }

    public int Initial { get; }

    public int Apply(int state, int operation)
    {
        states[state].CopyTo(scratch, 0);
        var changed = false;
        foreach (var (key, action) in operations[operation])
        {
            var after = ObjectSpecification.Apply(scratch[key], action, values);
            if (after == ISequentialSpecification.Rejected)
                return after;
            changed |= after != scratch[key];
            scratch[key] = after;
        }
        return changed ? NumberOf(scratch) : state;
    }

    public int EffectClass(int operation) => classes[operation];

    public bool IsObserver(int operation) => operations[operation].All(s => s.Action.IsObserver);

    public bool Settles(int operation) => false;

    public bool Observes(int observer, int writer)
    {
        foreach (var written in operations[writer])
            foreach (var step in operations[observer])
                if (step.Key == written.Key && step.Action.Observes(written.Action, values))
                    return true;
        return false;
    }

    public bool Masks(int later, int earlier)
    {
        foreach (var step in operations[earlier])
            if (step.Action.Kind != ActionKind.Write || !Overwrites(operations[later], step.Key))
                return false;
        return true;
    }

    // A state is its values, and in the worst case a path of its own to them.
    public long HeldBytes => values.HeldBytes + (states.Count * (BytesPerState + (BytesPerStep * keys.Length)));

    public string Describe(int state) =>
        string.Join(", ", keys.Select((key, i) => $"{nameOf(key)} = {values.Describe(states[state][i])}"));

    // The first thing that the operation does with the key is to write it, and no step before could reject.
    private static bool Overwrites(KeyedAction[] steps, int key)
    {
        foreach (var step in steps)
            if (step.Key == key)
                return step.Action.Kind == ActionKind.Write;
        return false;
    }

    private static int[] ClassesOf(KeyedAction[][] operations)
    {
        var trie = new Dictionary<(int Prefix, KeyedAction Step), int>();
        return operations.Select(steps => steps.Aggregate(0, (prefix, step) =>
        {
            if (!trie.TryGetValue((prefix, step), out var next))
                trie.Add((prefix, step), next = trie.Count + 1);
            return next;
        })).ToArray();
    }

    private int NumberOf(int[] state)
    {
        var leaf = 0;
        foreach (var value in state)
        {
            if (!trie.TryGetValue((leaf, value), out var next))
                trie.Add((leaf, value), next = trie.Count + 1);
            leaf = next;
        }
        if (!stateOfLeaf.TryGetValue(leaf, out var number))
        {
            stateOfLeaf.Add(leaf, number = states.Count);
            states.Add([.. state]);
        }
        return number;
    }
}
