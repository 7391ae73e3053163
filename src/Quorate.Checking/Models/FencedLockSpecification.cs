using System.Globalization;
using Quorate.Checking.Linearizability;
using Quorate.Checking.SpecialCases;

namespace Quorate.Checking.Models;

/// <summary>A lock: the last token and, while it is held, the acquisition that holds it.</summary>
internal sealed class FencedLockSpecification : ISequentialSpecification
{
    private const int Nobody = -1;
    private const long BytesPerState = 160;
    private readonly long?[] tokens;
    private readonly int[] acquired;
    private readonly bool leases;
    private readonly Dictionary<(long Token, int Holder), int> numbers = [];
    private readonly List<(long Token, int Holder)> states = [];

    public FencedLockSpecification(long?[] tokens, int[] acquired, bool leases)
    {
        (this.tokens, this.acquired, this.leases) = (tokens, acquired, leases);
        Initial = NumberOf(long.MinValue, Nobody);
    }

    public int Initial { get; }

    public long HeldBytes => states.Count * BytesPerState;

    public int Apply(int state, int operation)
    {
        var (last, holder) = states[state];
        if (!IsAcquisition(operation))
            return holder == acquired[operation] && holder != Nobody ? NumberOf(last, Nobody) : ISequentialSpecification.Rejected;
        if (holder != Nobody && !leases)
            return ISequentialSpecification.Rejected;
        // A token that nobody knows is best the lowest that it can be.
        var token = tokens[operation] ?? last + 1;
        return token > last ? NumberOf(token, operation) : ISequentialSpecification.Rejected;
    }

    public int EffectClass(int operation) => operation;

    public bool IsObserver(int operation) => false;

    public bool Settles(int operation) => tokens[IsAcquisition(operation) ? operation : Math.Max(acquired[operation], 0)] is not null;

    public bool Observes(int observer, int writer) => IsAcquisition(writer)
        ? acquired[observer] == writer
        : !leases && IsAcquisition(observer);

    public bool Masks(int later, int earlier) => false;

    public string Describe(int state)
    {
        var (last, holder) = states[state];
        var token = last == long.MinValue ? "before any token" : string.Create(CultureInfo.InvariantCulture, $"after token {last}");
        return holder == Nobody ? $"free {token}" : $"held, {token}";
    }

    private bool IsAcquisition(int operation) => acquired[operation] == FencedLock.IsAcquisition;

    private int NumberOf(long token, int holder)
    {
        if (numbers.TryGetValue((token, holder), out var number))
            return number;
        numbers.Add((token, holder), number = states.Count);
        states.Add((token, holder));
        return number;
    }
}
