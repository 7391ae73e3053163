using Quorate.Checking.Linearizability;
using Quorate.Checking.SpecialCases;

namespace Quorate.Checking.Models;

/// <summary>What is in a queue or a stack, in the order in which it was put: a state is one value behind another state.</summary>
internal sealed class CollectionSpecification(CollectionOrder order, TakeAction[] actions, int[] values, ValueTable names)
    : ISequentialSpecification
{
    private const int Empty = 0;
    private const int Unmade = -1;
    private const long BytesPerState = 176;
    private readonly Dictionary<long, int> longer = [];
    private readonly List<State> states = [new State(Empty, Empty, Empty) { Rest = Empty }];

    public int Initial => Empty;

    public long HeldBytes => states.Count * BytesPerState;

    public int Apply(int state, int operation) => actions[operation] switch
    {
        TakeAction.Put => With(state, values[operation]),
        TakeAction.FindEmpty => state == Empty ? state : ISequentialSpecification.Rejected,
        TakeAction.TakeUnknown => state == Empty ? state : Without(state),
        _ => state != Empty && Next(state) == values[operation] ? Without(state) : ISequentialSpecification.Rejected,
    };

    public int EffectClass(int operation) => actions[operation] == TakeAction.Put ? values[operation] : -1;

    public bool IsObserver(int operation) => actions[operation] == TakeAction.FindEmpty;

    public bool Settles(int operation) => false;

    // Without a putting, and without the taking of its value, the rest goes on as before; but a taking left out leaves the value in the way.
    public bool Observes(int observer, int writer) => actions[writer] switch
    {
        TakeAction.Put => actions[observer] == TakeAction.Take && values[observer] == values[writer],
        TakeAction.FindEmpty => false,
        _ => actions[observer] != TakeAction.Put,
    };

    public bool Masks(int later, int earlier) => false;

    public string Describe(int state)
    {
        var shown = new List<string>();
        for (; state != Empty; state = states[state].Before)
            shown.Add(names.Describe(states[state].Value));
        shown.Reverse();
        return $"[{string.Join(' ', shown)}]";
    }

    private int Next(int state) => order == CollectionOrder.LastInFirstOut ? states[state].Value : states[state].First;

    private int With(int state, int value)
    {
        var key = ((long)state << 32) | (uint)value;
        if (longer.TryGetValue(key, out var next))
            return next;
        longer.Add(key, next = states.Count);
        states.Add(new State(state, value, state == Empty ? value : states[state].First) { Rest = Unmade });
        return next;
    }

    private int Without(int state) => order == CollectionOrder.LastInFirstOut ? states[state].Before : Rest(state);

    // A state without its first value is the state before it without its first value, and then its last value again.
    private int Rest(int state)
    {
        var pending = new Stack<int>();
        for (; states[state].Rest == Unmade && states[state].Before != Empty; state = states[state].Before)
            pending.Push(state);
        var rest = states[state].Rest == Unmade ? states[state].Rest = Empty : states[state].Rest;
        while (pending.TryPop(out var next))
            rest = states[next].Rest = With(rest, states[next].Value);
        return rest;
    }

    private sealed class State(int before, int value, int first)
    {
        public readonly int Before = before;
        public readonly int Value = value;
        public readonly int First = first;
        public int Rest;
    }
}
