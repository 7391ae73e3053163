using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>
/// Decides serializability and snapshot isolation of histories over registers where the known order of versions shows no cycle: it may be
/// that every order of the unknown ones does.
/// </summary>
internal sealed class RegisterSearch(RegisterTransactions transactions, CheckBudget budget, AnomalyLedger ledger)
{
    public const string NoSerialOrder = "no-serial-order";
    public const string NoSnapshotOrder = "no-snapshot-order";
    private const int ReductionWork = 4_000_000;
    private const int AttemptsMax = 2_000;
    private static readonly Violation[] Enough = [Violation.Versions, Violation.G0, Violation.Dirty, Violation.G1c, Violation.Internal];
    private static readonly Violation[] Serial = [Violation.G2, Violation.G2Process, Violation.G2RealTime];
    private static readonly Violation[] Snapshot = [Violation.Nonadjacent, Violation.NonadjacentProcess, Violation.NonadjacentRealTime];

    private readonly Dictionary<int, int> placeOf = Enumerable.Range(0, transactions.Operations.Count)
        .ToDictionary(i => transactions.Operations[i].Invoked);

    public void Run()
    {
        if (Enough.Any(ledger.Has))
            return;
        // What has a serial order has a snapshot order, so the second search is only for what the first left open.
        var serial = Strongest(Serial, snapshot: false, known: -1);
        Strongest(Snapshot, snapshot: true, known: serial);
    }

    /// <summary>The strongest order that explains the history, as a number; -1 when none does.</summary>
    private int Strongest(Violation[] violations, bool snapshot, int known)
    {
        var broken = Array.FindIndex(violations, ledger.Has);
        var last = (broken < 0 ? violations.Length : broken) - 1;
        if (last <= known || Try(last, snapshot) == true)
            return last;
        for (var order = known + 1; order <= last; order++)
        {
            var outcome = Try(order, snapshot);
            if (outcome == true)
                continue;
            if (outcome == false)
                Record((SessionOrder)order, snapshot, violations[order]);
            else
                ledger.Unsure(violations[order..], budget.Exhausted!);
            return order - 1;
        }
        return last;
    }

    private bool? Try(int order, bool snapshot) => RegisterPolygraph.Solve(transactions, (SessionOrder)order, snapshot, budget);

    private void Record(SessionOrder order, bool snapshot, Violation violation)
    {
        var all = transactions.Operations.Where((_, i) => transactions.IsCommitted[i]).ToList();
        var attempts = Math.Clamp(ReductionWork / (all.Count + 1), 20, AttemptsMax);
        var core = WithSources(SubsetReduction.Reduce(all, part => IsBroken(WithSources(part), order, snapshot), attempts));
        var name = (snapshot ? NoSnapshotOrder : NoSerialOrder) + order switch
        {
            SessionOrder.Free => "",
            SessionOrder.Process => CycleNames.Process,
            _ => CycleNames.RealTime,
        };
        var text = snapshot
            ? $"however these {core.Count} transactions are ordered, one reads what no snapshot had"
            : $"however these {core.Count} transactions are ordered, one reads what was not there";
        ledger.Add([violation], new Finding(name, text, core));
    }

    private bool IsBroken(List<HistoryOperation> part, SessionOrder order, bool snapshot)
    {
        var small = new RegisterTransactions(History.OfPart(part, transactions.History.EventCount));
        return RegisterPolygraph.Solve(small, order, snapshot, budget) == false;
    }

    // A part says something only with the writers of what it read.
    private List<HistoryOperation> WithSources(List<HistoryOperation> part)
    {
        var wanted = new HashSet<int>();
        var pending = new Stack<int>(part.Select(o => placeOf[o.Invoked]));
        while (pending.TryPop(out var place))
        {
            if (!wanted.Add(place))
                continue;
            foreach (var step in transactions.StepsOf(place))
                if (step is { Kind: MicroKind.Read, Value: >= 0 })
                    pending.Push(transactions.Writers[step.Value]);
        }
        return wanted.Order().Select(i => transactions.Operations[i]).ToList();
    }
}
