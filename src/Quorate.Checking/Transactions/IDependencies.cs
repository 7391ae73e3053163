using Quorate.Checking.Dependencies;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>What the transactions of a history tell of their order. A transaction is named by its place in the history.</summary>
internal interface IDependencies
{
    IReadOnlyList<HistoryOperation> Operations { get; }

    int EventCount { get; }

    /// <summary>What is wrong without any cycle.</summary>
    FindingList Direct { get; }

    /// <summary>Why the history tells nothing, or null.</summary>
    string? Ambiguity { get; }

    /// <summary>Adds the edges ww, wr and rw.</summary>
    void AddEdges(EdgeList edges);

    /// <summary>Takes a transaction as the reader of <see cref="Overwrote"/>; false when it read nothing that another wrote.</summary>
    bool Begin(int reader);

    /// <summary>Whether a transaction wrote a later version of a key than the reader saw.</summary>
    bool Overwrote(int writer);

    /// <summary>The key and value by which one transaction comes before another.</summary>
    (HistoryValue Key, HistoryValue Value) Explain(int from, int to, DependencyKind kind);
}
