using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.SpecialCases;

/// <summary>
/// The lives of the values of a collection: by which operation each was put in, and by which it was taken out. Only values count that are known to
/// have been in: those that were taken, and those whose putting was acknowledged. The rest need not have been put.
/// </summary>
internal sealed class ValueLives
{
    private const int None = -1;
    private const int AttemptsMin = 40;
    private const int AttemptWorkMax = 1_000_000;
    private readonly OperationTimes times;
    private readonly int[] put;
    private readonly int[] take;

    private ValueLives(OperationTimes times, int[] put, int[] take, int[] empties, int[] unknownTakes) =>
        (this.times, this.put, this.take, Empties, UnknownTakes) = (times, put, take, empties, unknownTakes);

    public int Count => put.Length;

    /// <summary>The operations that found nothing.</summary>
    public int[] Empties { get; }

    /// <summary>The operations that may have taken one value each, by invocation.</summary>
    public int[] UnknownTakes { get; }

    public OperationTimes Times => times;

    /// <summary>Whether a value is not known to have been taken.</summary>
    public bool IsLeft(int value) => take[value] == None;

    public int PutInvoked(int value) => times.Invoked[put[value]];

    public int PutCompleted(int value) => times.Completed[put[value]];

    /// <summary>When the taking began; never for one that was left.</summary>
    public int TakeInvoked(int value) => take[value] == None ? OperationTimes.Never : times.Invoked[take[value]];

    public int TakeCompleted(int value) => take[value] == None ? OperationTimes.Never : times.Completed[take[value]];

    /// <summary>The operations on a value.</summary>
    public IEnumerable<int> OperationsOn(int value) => [put[value], take[value]];

    /// <summary>The part of some values, with all that is not about a value.</summary>
    public ValueLives Of(IReadOnlyList<int> values) =>
        new(times, values.Select(v => put[v]).ToArray(), values.Select(v => take[v]).ToArray(), Empties, UnknownTakes);

    /// <summary>The same values, each that was left taken by the first unknown operation, as if it could take any number.</summary>
    public ValueLives WithEarliestTakes() =>
        new(times, put, Array.ConvertAll(take, t => t == None ? UnknownTakes[0] : t), Empties, UnknownTakes);

    public ValueLives WithEmpties(int[] empties) => new(times, put, take, empties, UnknownTakes);

    /// <summary>
    /// A small part of the values that is still broken; the larger the collection, the fewer parts are tried. What is left of a valid history
    /// when all operations on some values are left out is valid, so a part that is not shows that the whole is not.
    /// </summary>
    public List<int> Smallest(Func<List<int>, bool> isBroken) => SubsetReduction.Reduce(
        [.. Enumerable.Range(0, Count)], isBroken, AttemptsMin + AttemptWorkMax / (Count + 1));

    /// <summary>Pairs the operations; instead a contradiction of at most three of them, or why they cannot be paired.</summary>
    public static (ValueLives? Lives, int[] Contradiction, string Reason) Of(
        IReadOnlyList<HistoryOperation> operations, TakeAction[] actions, int[] values)
    {
        var times = new OperationTimes(operations);
        var numbers = Dense.NumbersOf(values);
        var (put, take) = (new int[numbers.Count], new int[numbers.Count]);
        Array.Fill(put, None);
        Array.Fill(take, None);
        for (var i = 0; i < actions.Length; i++)
            if (actions[i] == TakeAction.Put && put[numbers.Of[i]] != None)
                return (null, [], $"{operations[i].Input} is put twice");
            else if (actions[i] == TakeAction.Put)
                put[numbers.Of[i]] = i;
        for (var i = 0; i < actions.Length; i++)
        {
            if (actions[i] != TakeAction.Take)
                continue;
            var value = numbers.Of[i];
            if (put[value] == None || times.Invoked[put[value]] > times.Completed[i] || take[value] != None)
                return (null, [i, put[value], take[value]], "");
            take[value] = i;
        }
        var counted = Enumerable.Range(0, put.Length)
            .Where(v => put[v] != None && (take[v] != None || operations[put[v]].Outcome == HistoryOutcome.Ok))
            .ToArray();
        int[] Of(TakeAction action) => Enumerable.Range(0, actions.Length).Where(i => actions[i] == action).ToArray();
        var all = new ValueLives(times, put, take, Of(TakeAction.FindEmpty), Of(TakeAction.TakeUnknown));
        return (all.Of(counted), [], "");
    }
}
