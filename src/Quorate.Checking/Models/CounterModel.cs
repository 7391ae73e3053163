using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.SpecialCases;

namespace Quorate.Checking.Models;

/// <summary>
/// A counter that begins at 0: <c>add</c> of a whole number, <c>increment</c> and <c>decrement</c> (by one where they are given nothing), and
/// <c>read</c>. With a key there is one for each.
/// </summary>
/// <remarks>
/// Guarantee: as <see cref="IHistoryModel"/>.
/// Cost: n log n where all that is added is one amount, over and over; with different amounts even one read is hard (it is a sum of a subset),
/// and the search decides.
/// Fails when: an operation is none of these, or has no whole number.
/// Source: Gibbons, Bruno and Phillips, 2002; Jepsen's counter.
/// </remarks>
public sealed class CounterModel : IHistoryModel
{
    /// <inheritdoc/>
    public string Name => "linearizable-counter";

    /// <inheritdoc/>
    public IReadOnlyList<HistoryPartition> Partition(History history)
    {
        var counted = new List<HistoryOperation>();
        foreach (var operation in history.Operations)
        {
            var amount = AmountOf(operation);
            if (operation.Outcome == HistoryOutcome.Ok || operation.Outcome == HistoryOutcome.Unknown && amount is not (null or 0))
                counted.Add(operation);
        }
        return OperationsByKey.Of(counted, o => o.Key).Select(ToPartition).ToArray();
    }

    private static HistoryPartition ToPartition((string Name, IReadOnlyList<HistoryOperation> Operations) part)
    {
        var (operations, numbers) = (part.Operations, new long[part.Operations.Count]);
        var reads = new bool[numbers.Length];
        var unit = 0L;
        var isOne = true;
        for (var i = 0; i < numbers.Length; i++)
        {
            reads[i] = operations[i].Function == "read";
            numbers[i] = reads[i] ? Number(operations[i], operations[i].Output) : AmountOf(operations[i])!.Value;
            if (reads[i])
                continue;
            isOne &= numbers[i] != 0 && (unit == 0 || unit == numbers[i]);
            unit = numbers[i];
        }
        var specification = new CounterSpecification(numbers, reads);
        var counts = Array.ConvertAll(numbers, n => unit == 0 ? (n == 0 ? 0 : -1) : n % unit == 0 && n / unit >= 0 ? n / unit : -1);
        return new HistoryPartition(part.Name, operations, specification)
        {
            Special = isOne ? new UnitCounter(operations, counts, reads, count => specification.StateOf(count * unit)) : null,
        };
    }

    private static long? AmountOf(HistoryOperation operation) => operation.Function switch
    {
        "add" => Number(operation, operation.Input),
        "increment" or "inc" => operation.Input.IsNil ? 1 : Number(operation, operation.Input),
        "decrement" or "dec" => operation.Input.IsNil ? -1 : -Number(operation, operation.Input),
        "read" => null,
        _ => throw OperationFields.Unknown(operation, "linearizable-counter"),
    };

    private static long Number(HistoryOperation operation, HistoryValue value) => value.AsInteger()
        ?? throw new HistoryFormatException(
            $"'{operation.Function}' of a counter needs a whole number, not {value}", operation.InvokedLine);

    private sealed class CounterSpecification(long[] numbers, bool[] reads) : ISequentialSpecification
    {
        private const long BytesPerState = 112;
        private readonly Dictionary<long, int> states = new() { [0] = 0 };
        private readonly List<long> sums = [0];

        public int Initial => 0;

        public long HeldBytes => sums.Count * BytesPerState;

        public int StateOf(long sum)
        {
            if (states.TryGetValue(sum, out var state))
                return state;
            states.Add(sum, state = sums.Count);
            sums.Add(sum);
            return state;
        }

        public int Apply(int state, int operation) => !reads[operation] ? StateOf(unchecked(sums[state] + numbers[operation]))
            : sums[state] == numbers[operation] ? state : ISequentialSpecification.Rejected;

        public int EffectClass(int operation) => StateOf(numbers[operation]);

        public bool IsObserver(int operation) => reads[operation] || numbers[operation] == 0;

        public bool Settles(int operation) => false;

        public bool Observes(int observer, int writer) => reads[observer] && !IsObserver(writer);

        public bool Masks(int later, int earlier) => false;

        public string Describe(int state) => sums[state].ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
