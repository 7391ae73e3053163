using Quorate.Checking.Dependencies;
using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>
/// The writers of each key in chains: a transaction that read a version and wrote over it comes right after that version's writer, under
/// serializability as under snapshot isolation (Cobra, Tan et al. 2020, section 3.1). Only between chains is the order open.
/// </summary>
internal sealed class RegisterChains
{
    private const int Blind = int.MinValue;
    private readonly RegisterTransactions transactions;
    private readonly List<int>?[] readers;
    private readonly List<(int Transaction, int After)>[] writers;
    private readonly int[] stamp;

    public RegisterChains(RegisterTransactions transactions)
    {
        this.transactions = transactions;
        var keys = transactions.Keys.Count;
        readers = new List<int>?[transactions.Values.Count + keys];
        writers = new List<(int, int)>[keys];
        stamp = new int[keys];
        for (var key = 0; key < keys; key++)
            (writers[key], stamp[key]) = ([], -1);
        for (var i = 0; i < transactions.Operations.Count; i++)
            if (transactions.IsCommitted[i])
                Take(i);
    }

    /// <summary>Those that read a version, or nil of a key, before they wrote the key themselves.</summary>
    public List<int> ReadersOf(int key, int version) => readers[version >= 0 ? version : transactions.Values.Count + key] ?? [];

    /// <summary>
    /// The chains of a key: the first transaction and the last, with the version that it left. The one that begins with nil comes first,
    /// and
    /// <c>HasInitial</c> tells whether there is one. Adds the edges within the chains; null when two wrote over one version.
    /// </summary>
    public (List<Chain> Chains, bool HasInitial)? ChainsOf(int key, EdgeList edges)
    {
        var next = new Dictionary<int, int>();
        var heads = new List<int>();
        var hasInitial = false;
        foreach (var (transaction, after) in writers[key])
        {
            if (after >= 0 ? !next.TryAdd(transactions.Writers[after], transaction) : after == RegisterTransactions.Initial && hasInitial)
                return null;
            if (after == RegisterTransactions.Initial)
                heads.Insert(0, transaction);
            else if (after < 0)
                heads.Add(transaction);
            hasInitial |= after == RegisterTransactions.Initial;
        }
        var chains = new List<Chain>();
        foreach (var head in heads)
        {
            var last = head;
            for (; next.TryGetValue(last, out var following); last = following)
                AddStep(edges, key, last, following);
            chains.Add(new Chain(head, last, FinalOf(last, key)));
        }
        return (chains, hasInitial);
    }

    private void AddStep(EdgeList edges, int key, int writer, int following)
    {
        edges.Add(writer, following, DependencyKind.WriteWrite);
        foreach (var reader in ReadersOf(key, FinalOf(writer, key)))
            if (reader != following)
                edges.Add(reader, following, DependencyKind.ReadWrite);
    }

    private int FinalOf(int transaction, int key)
    {
        var final = -1;
        foreach (var step in transactions.StepsOf(transaction))
            if (step.Kind == MicroKind.Write && step.Key == key)
                final = step.Value;
        return final;
    }

    private void Take(int transaction)
    {
        var known = transactions.Operations[transaction].Outcome == HistoryOutcome.Ok;
        var steps = transactions.StepsOf(transaction);
        for (var i = 0; i < steps.Length; i++)
        {
            var (kind, key, value) = steps[i];
            if (stamp[key] == transaction)
                continue;
            stamp[key] = transaction;
            var isRead = kind == MicroKind.Read && known && value >= RegisterTransactions.Initial;
            if (isRead)
                (readers[value >= 0 ? value : transactions.Values.Count + key] ??= []).Add(transaction);
            foreach (var step in steps[i..])
                if (step.Kind == MicroKind.Write && step.Key == key)
                {
                    writers[key].Add((transaction, isRead ? value : Blind));
                    break;
                }
        }
    }

    /// <summary>A run of writers of a key, each of which wrote over what the one before it wrote.</summary>
    /// <param name="First">The first transaction.</param>
    /// <param name="Last">The last.</param>
    /// <param name="Version">What the last left.</param>
    internal readonly record struct Chain(int First, int Last, int Version);
}
