using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;

namespace Quorate.Checking.SpecialCases;

/// <summary>
/// A register that is only read and written, each value at most once. A write and the reads of its value are a cluster. The time from the
/// first completion in a cluster to its last invocation is a forward zone: the register must hold the value all that time. Where these two
/// lie the other way round they bound a backward zone: the whole cluster fits at any moment of it. There is a linearization exactly when no
/// read is completed before its write is invoked, no two forward zones overlap, and no backward zone lies within a forward one.
/// </summary>
/// <remarks>
/// An unknown write that somebody read took effect before that read was completed, so its cluster has the same zone as if it had no end; one
/// that nobody read need not have happened. The first value, nil, is a cluster whose write was completed before everything.
/// Source: Gibbons and Korach, Testing shared memories, 1997, section 4 (the read mapping known).
/// </remarks>
/// <param name="operations">The operations, ok and unknown; no unknown reads.</param>
/// <param name="values">The number of the value that each reads or writes; 0 is nil.</param>
/// <param name="writes">Which of them write.</param>
internal sealed class UniqueRegister(IReadOnlyList<HistoryOperation> operations, int[] values, bool[] writes) : ISpecialCase
{
    private const int None = -1;
    private const int BytesPerOperation = 64;

    public string Name => "unique values";

    public SpecialVerdict Check(CheckBudget budget)
    {
        if (!budget.TryHold((long)values.Length * BytesPerOperation))
            return SpecialVerdict.General(budget.Exhausted!);
        var clusters = new Clusters(Dense.NumbersOf(values));
        for (var i = 0; i < writes.Length; i++)
            if (writes[i] && values[i] == 0)
                return SpecialVerdict.General($"{operations[i].Input} is written, as which the register begins");
            else if (writes[i] && !clusters.TryWrite(i, operations[i]))
                return SpecialVerdict.General($"{operations[i].Input} is written twice");
        for (var i = 0; i < writes.Length; i++)
            if (!writes[i] && !clusters.TryRead(i, values[i] == 0, operations[i]))
                return SpecialVerdict.Invalid(i, clusters.WriteOf(i));
        return clusters.CheckZones();
    }

    /// <summary>The zones of clusters, by the numbers of their values.</summary>
    private sealed class Clusters(Dense numbers)
    {
        private readonly int[] write = Filled(numbers.Count, None);
        private readonly int[] written = Filled(numbers.Count, None);
        private readonly int[] first = Filled(numbers.Count, OperationTimes.Never);
        private readonly int[] firstAt = Filled(numbers.Count, None);
        private readonly int[] last = Filled(numbers.Count, None);
        private readonly int[] lastAt = Filled(numbers.Count, None);

        public int WriteOf(int operation) => write[numbers.Of[operation]];

        public bool TryWrite(int place, HistoryOperation operation)
        {
            var cluster = numbers.Of[place];
            if (write[cluster] != None)
                return false;
            write[cluster] = place;
            written[cluster] = operation.Invoked;
            Add(cluster, place, operation);
            return true;
        }

        /// <summary>Adds a read; false when nobody had invoked its write by its end.</summary>
        public bool TryRead(int place, bool isNil, HistoryOperation operation)
        {
            var cluster = numbers.Of[place];
            if (isNil)
                first[cluster] = None;
            else if (write[cluster] == None || written[cluster] > operation.Completed)
                return false;
            Add(cluster, place, operation);
            return true;
        }

        public SpecialVerdict CheckZones()
        {
            var zones = new long[numbers.Count];
            var count = 0;
            for (var cluster = 0; cluster < zones.Length; cluster++)
                if (first[cluster] != OperationTimes.Never)
                    zones[count++] = ((long)Math.Min(first[cluster], last[cluster]) << 32) | (uint)cluster;
            Array.Sort(zones, 0, count);
            var forward = None;
            for (var i = 0; i < count; i++)
            {
                var cluster = (int)zones[i];
                // Sorted by where they begin: a backward zone that ends before the last forward one does lies within it, and a forward zone
                // that begins before that overlaps it.
                if (forward != None && first[cluster] < last[forward])
                    return SpecialVerdict.Invalid([.. Shown(forward), .. Shown(cluster)]);
                if (first[cluster] < last[cluster])
                    forward = cluster;
            }
            return SpecialVerdict.Valid;
        }

        private int[] Shown(int cluster) => [write[cluster], firstAt[cluster], lastAt[cluster]];

        private void Add(int cluster, int place, HistoryOperation operation)
        {
            var end = operation.Outcome == HistoryOutcome.Ok ? operation.Completed : OperationTimes.Never;
            if (end < first[cluster])
                (first[cluster], firstAt[cluster]) = (end, place);
            if (operation.Invoked > last[cluster])
                (last[cluster], lastAt[cluster]) = (operation.Invoked, place);
        }

        private static int[] Filled(int length, int value)
        {
            var filled = new int[length];
            Array.Fill(filled, value);
            return filled;
        }
    }
}
