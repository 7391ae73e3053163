using Quorate.Checking.Linearizability;
using Quorate.Checking.SpecialCases;
using Quorate.Kernel.Encoding;

namespace Quorate.Checking.Models;

/// <summary>What an operation does with a set: something with its one element, or a read of all.</summary>
/// <param name="Kind">What it does; null for a read of all.</param>
/// <param name="Elements">The element, or all that a read gave, in order.</param>
internal readonly record struct SetAction(ElementAction? Kind, int[] Elements);

/// <summary>A set. A state is a number for its elements, in order.</summary>
internal sealed class SetSpecification(SetAction[] actions, Func<int, string> nameOf) : ISequentialSpecification
{
    private const int BytesPerState = 144;
    private const int BytesPerStep = 88;
    private readonly Dictionary<int[], int> numbers = new(ByContent.Instance) { [[]] = 0 };
    private readonly List<int[]> states = [[]];
    private readonly Dictionary<long, int> toggled = [];
    private readonly bool isOneElement = Array.TrueForAll(actions, a => a.Kind is not null && a.Elements[0] == actions[0].Elements[0]);
    private long held;

    public int Initial => 0;

    public long HeldBytes => held;

    public int Apply(int state, int operation)
    {
        var (kind, elements) = actions[operation];
        if (kind is null)
            return states[state].AsSpan().SequenceEqual(elements) ? state : ISequentialSpecification.Rejected;
        var isPresent = Array.BinarySearch(states[state], elements[0]) >= 0;
        return kind switch
        {
            ElementAction.SeePresent => isPresent ? state : ISequentialSpecification.Rejected,
            ElementAction.SeeAbsent => isPresent ? ISequentialSpecification.Rejected : state,
            ElementAction.Insert => isPresent ? ISequentialSpecification.Rejected : Toggled(state, elements[0]),
            ElementAction.Take => isPresent ? Toggled(state, elements[0]) : ISequentialSpecification.Rejected,
            ElementAction.Put => isPresent ? state : Toggled(state, elements[0]),
            _ => isPresent ? Toggled(state, elements[0]) : state,
        };
    }

    public int EffectClass(int operation) => (actions[operation].Elements[0] * 2) + (IsAdder(operation) ? 1 : 0);

    public bool IsObserver(int operation) => actions[operation].Kind is null or ElementAction.SeePresent or ElementAction.SeeAbsent;

    public bool Settles(int operation) => isOneElement;

    public bool Observes(int observer, int writer)
    {
        if (IsObserver(writer))
            return false;
        var (kind, elements) = actions[observer];
        if (kind is null)
            return true;
        if (elements[0] != actions[writer].Elements[0])
            return false;
        return IsAdder(writer)
            ? kind is ElementAction.SeePresent or ElementAction.Take
            : kind is ElementAction.SeeAbsent or ElementAction.Insert;
    }

    public bool Masks(int later, int earlier) => actions[later].Kind is ElementAction.Put or ElementAction.Clear
        && actions[earlier].Kind is not null && actions[later].Elements[0] == actions[earlier].Elements[0];

    public string Describe(int state) => $"{{{string.Join(' ', states[state].Select(nameOf))}}}";

    /// <summary>The same for some of the operations when only some elements are looked at.</summary>
    public ISequentialSpecification LookingAt(IReadOnlyList<int> operations, int[] elements) => new SetSpecification(
        operations.Select(o => actions[o] with { Elements = actions[o].Elements.Where(e => Array.IndexOf(elements, e) >= 0).ToArray() }).ToArray(),
        nameOf);

    private bool IsAdder(int operation) => actions[operation].Kind is ElementAction.Insert or ElementAction.Put;

    private int Toggled(int state, int element)
    {
        var key = ((long)state << 32) | (uint)element;
        if (toggled.TryGetValue(key, out var next))
            return next;
        var place = Array.BinarySearch(states[state], element);
        int[] elements = place >= 0
            ? [.. states[state].AsSpan(0, place), .. states[state].AsSpan(place + 1)]
            : [.. states[state].AsSpan(0, ~place), element, .. states[state].AsSpan(~place)];
        if (!numbers.TryGetValue(elements, out next))
        {
            numbers.Add(elements, next = states.Count);
            states.Add(elements);
            held += BytesPerState + (elements.Length * sizeof(int));
        }
        toggled.Add(key, next);
        held += BytesPerStep;
        return next;
    }

    private sealed class ByContent : IEqualityComparer<int[]>
    {
        public static ByContent Instance { get; } = new();

        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] obj) => (int)StableHash.Of(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(obj));
    }
}
