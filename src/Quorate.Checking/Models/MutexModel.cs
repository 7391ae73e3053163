using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;

namespace Quorate.Checking.Models;

/// <summary>One lock that begins free: <c>acquire</c> needs it free, <c>release</c> needs it held, by whomever.</summary>
/// <remarks>
/// Guarantee: as <see cref="IHistoryModel"/>.
/// Cost: linear.
/// Fails when: an operation is neither.
/// Source: knossos's mutex.
/// </remarks>
public sealed class MutexModel : IHistoryModel
{
    /// <inheritdoc/>
    public string Name => "mutex";

    /// <inheritdoc/>
    public IReadOnlyList<HistoryPartition> Partition(History history)
    {
        foreach (var operation in history.Operations)
            if (operation.Function is not ("acquire" or "release"))
                throw OperationFields.Unknown(operation, Name);
        var operations = history.Operations.Where(o => o.Outcome != HistoryOutcome.Fail).ToArray();
        return [new HistoryPartition("", operations, new Specification(operations.Select(o => o.Function == "acquire").ToArray()))];
    }

    private sealed class Specification(bool[] acquires) : ISequentialSpecification
    {
        private const int Free = 0;
        private const int Held = 1;

        public int Initial => Free;

        public int Apply(int state, int operation) =>
            state != (acquires[operation] ? Free : Held) ? ISequentialSpecification.Rejected : acquires[operation] ? Held : Free;

        public int EffectClass(int operation) => acquires[operation] ? Held : Free;

        public bool IsObserver(int operation) => false;

        public bool Settles(int operation) => true;

        public bool Observes(int observer, int writer) => acquires[observer] != acquires[writer];

        public bool Masks(int later, int earlier) => false;

        public string Describe(int state) => state == Free ? "free" : "held";
    }
}
