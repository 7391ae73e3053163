using Quorate.Checking.Histories;

namespace Quorate.Tests.Checking.Sessions;

/// <summary>The memory models by their definitions, for histories of a few reads and writes: every order is tried.</summary>
internal sealed class MemoryOracle
{
    private readonly HistoryOperation[] operations;
    private readonly bool[,] causal;

    public MemoryOracle(IReadOnlyList<HistoryOperation> all)
    {
        operations = all.ToArray();
        causal = Close((i, j) => IsSessionOrder(i, j) || IsSource(i, j));
    }

    public bool Keeps(string model) => model switch
    {
        "sequential" => Orders(All(), Close(IsSessionOrder)).Any(o => o.All(r => Explains(o, r))),
        "pram" => Sessions().All(s => View(s, Close(IsSessionOrder))),
        "causal" => IsAcyclic() && Sessions().All(s => View(s, causal)),
        "causal-weak" => IsAcyclic() && All().All(r => Orders(Past(r), causal).Any(o => Explains(o, r))),
        "causal-convergent" => IsAcyclic() && Orders(All(), causal).Any(o => o.All(r => Explains([.. o.Where(Past(r).Contains)], r))),
        _ => throw new ArgumentException(model),
    };

    private bool View(long session, bool[,] order)
    {
        var members = All().Where(i => IsWrite(i) || operations[i].Process == session).ToArray();
        return Orders(members, order).Any(o => o.Where(i => operations[i].Process == session).All(r => Explains(o, r)));
    }

    private bool Explains(int[] order, int read)
    {
        if (IsWrite(read))
            return true;
        var last = HistoryValue.Nil;
        foreach (var i in order.TakeWhile(i => i != read))
            if (IsWrite(i) && operations[i].Key!.Equals(operations[read].Key))
                last = operations[i].Input;
        return last.Equals(operations[read].Output);
    }

    private IEnumerable<int[]> Orders(int[] members, bool[,] order)
    {
        if (members.Length == 0)
            yield return [];
        foreach (var first in members)
            if (!members.Any(other => order[other, first]))
                foreach (var rest in Orders(members.Where(m => m != first).ToArray(), order))
                    yield return [first, .. rest];
    }

    private int[] Past(int read) => All().Where(i => i == read || causal[i, read]).ToArray();

    private int[] All() => Enumerable.Range(0, operations.Length).ToArray();

    private IEnumerable<long> Sessions() => operations.Select(o => o.Process).Distinct();

    private bool IsWrite(int i) => operations[i].Function == "write";

    private bool IsAcyclic() => All().All(i => !causal[i, i]);

    private bool IsSessionOrder(int i, int j) => i != j && operations[i].Process == operations[j].Process && operations[i].Invoked < operations[j].Invoked;

    private bool IsSource(int i, int j) =>
        IsWrite(i) && !IsWrite(j) && operations[i].Key!.Equals(operations[j].Key) && operations[i].Input.Equals(operations[j].Output);

    private bool[,] Close(Func<int, int, bool> relation)
    {
        var n = operations.Length;
        var closed = new bool[n, n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                closed[i, j] = relation(i, j);
        for (var k = 0; k < n; k++)
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++)
                    closed[i, j] |= closed[i, k] && closed[k, j];
        return closed;
    }
}
