using Quorate.Checking.Linearizability;

namespace Quorate.Checking.Models;

/// <summary>One key that is read, written, compared and set, and appended to.</summary>
internal sealed class ObjectSpecification(IReadOnlyList<ObjectAction> actions, ValueTable values) : ISequentialSpecification
{
    private readonly Dictionary<ObjectAction, int> classes = [];

    public int Initial => ValueTable.Nil;

    public int Apply(int state, int operation) => Apply(state, actions[operation], values);

    /// <summary>The state of a key after an action on it, or rejected.</summary>
    public static int Apply(int state, ObjectAction action, ValueTable values) => action.Kind switch
    {
        ActionKind.Read => values.Matches(state, action.A) ? state : ISequentialSpecification.Rejected,
        ActionKind.Differ => values.Matches(state, action.A) ? ISequentialSpecification.Rejected : state,
        ActionKind.Write => action.A,
        ActionKind.CompareAndSet => values.Matches(state, action.A) ? action.B : ISequentialSpecification.Rejected,
        ActionKind.Append => values.Append(state, action.A),
        _ => state,
    };

    public int EffectClass(int operation)
    {
        if (!classes.TryGetValue(actions[operation], out var number))
            classes.Add(actions[operation], number = classes.Count);
        return number;
    }

    public bool IsObserver(int operation) => actions[operation].IsObserver;

    public bool Settles(int operation) => actions[operation].Settles;

    public bool Observes(int observer, int writer) => actions[observer].Observes(actions[writer], values);

    public bool Masks(int later, int earlier) => actions[later].Kind == ActionKind.Write;

    public long HeldBytes => values.HeldBytes;

    public string Describe(int state) => values.Describe(state);
}
