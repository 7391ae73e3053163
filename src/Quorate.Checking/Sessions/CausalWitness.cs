using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Sessions;

/// <summary>
/// Confirms a bad pattern in the few operations of a witness, by closing relations on a square of truth values. What breaks a part of a
/// history breaks the whole, as long as the part holds the writers of what it read.
/// </summary>
internal sealed class CausalWitness
{
    private const int OperationsMax = 400;
    private readonly HistoryOperation[] operations;
    private readonly CausalModel model;
    private readonly bool[,] before;

    private CausalWitness(IReadOnlyList<HistoryOperation> witness, CausalModel model)
    {
        operations = witness.ToArray();
        this.model = model;
        before = new bool[operations.Length, operations.Length];
    }

    public static bool Confirms(History history, Finding finding, CausalModel model)
    {
        if (finding.Operations.Count > OperationsMax || !finding.Operations.All(history.Operations.Contains))
            return false;
        var wanted = finding.Operations.Where(o => !IsWrite(o) && !Parts(o).Value.IsNil).Select(Parts).ToHashSet();
        var made = finding.Operations.Where(IsWrite).Select(Parts).ToHashSet();
        if (!wanted.IsSubsetOf(made))
            return !wanted.All(w => history.Operations.Any(o => IsWrite(o) && o.Outcome != HistoryOutcome.Fail && Parts(o).Equals(w)));
        var processes = finding.Operations.Select(o => o.Process).Distinct();
        return model is CausalModel.Weak or CausalModel.Convergent
            ? new CausalWitness(finding.Operations, model).IsBroken(null)
            : processes.Any(p => new CausalWitness(finding.Operations, model).IsBroken(p));
    }

    private bool IsBroken(long? view)
    {
        ForPairs((i, j) => before[i, j] |= operations[i].Process == operations[j].Process && operations[i].Completed < operations[j].Invoked
            || Saw(j, i) && (model != CausalModel.Pram || operations[j].Process == view));
        Close();
        for (var grows = true; grows;)
        {
            grows = false;
            if (Enumerable.Range(0, operations.Length).Any(i => before[i, i]))
                return true;
            var found = (Wrong: false, Edges: new List<(int, int)>());
            ForPairs((other, read) => Look(other, read, view, ref found));
            if (found.Wrong)
                return true;
            foreach (var (i, j) in found.Edges)
                (grows, before[i, j]) = (grows || !before[i, j], true);
            // For convergence the order of what contends tells nothing of what a read knows, so one round is all.
            Close();
            if (model is CausalModel.Weak or CausalModel.Convergent)
                return Enumerable.Range(0, operations.Length).Any(i => before[i, i]);
        }
        return false;
    }

    // Another write to the key comes before a read.
    private void Look(int other, int read, long? view, ref (bool Wrong, List<(int, int)> Edges) found)
    {
        if (!before[other, read] || !IsWrite(operations[other]) || IsWrite(operations[read]) || Saw(read, other)
            || !Parts(operations[other]).Key.Equals(Parts(operations[read]).Key) || view is not null && operations[read].Process != view)
            return;
        var source = Array.FindIndex(operations, w => IsWrite(w) && Parts(w).Equals(Parts(operations[read])));
        if (source < 0 || model is CausalModel.Weak or CausalModel.Convergent && before[source, other])
            found.Wrong = true;
        else if (model != CausalModel.Weak)
            found.Edges.Add((other, source));
    }

    private void Close()
    {
        for (var k = 0; k < operations.Length; k++)
            ForPairs((i, j) => before[i, j] |= before[i, k] && before[k, j]);
    }

    private void ForPairs(Action<int, int> action)
    {
        for (var i = 0; i < operations.Length; i++)
            for (var j = 0; j < operations.Length; j++)
                action(i, j);
    }

    private bool Saw(int read, int write) =>
        !IsWrite(operations[read]) && IsWrite(operations[write]) && Parts(operations[read]).Equals(Parts(operations[write]));

    private static (HistoryValue Key, HistoryValue Value) Parts(HistoryOperation operation) => SessionHistory.PartsOf(operation, "");

    private static bool IsWrite(HistoryOperation operation) => operation.Function is "write" or "put";
}
