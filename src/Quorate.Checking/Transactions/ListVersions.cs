using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>
/// The order in which elements were appended to each key, as the longest read of it shows, and where each read stands in it. A list holds
/// its own history: this is what makes list-append the strongest of workloads (Elle, section 3.2.1).
/// </summary>
internal sealed class ListVersions
{
    /// <summary>The place of an element that nobody saw: after all that somebody saw, if its transaction committed.</summary>
    public const int Unseen = int.MaxValue;

    private readonly ListTransactions transactions;

    public ListVersions(ListTransactions transactions)
    {
        this.transactions = transactions;
        var keys = transactions.Keys.Count;
        IsBroken = new bool[keys];
        DuplicateList = new int[keys];
        FirstDirty = new int[keys];
        OrderStart = new int[keys + 1];
        Places = new int[transactions.Elements.Count];
        Array.Fill(Places, Unseen);
        for (var key = 0; key < keys; key++)
            OrderStart[key + 1] = OrderStart[key] + LengthOf(key);
        Order = new int[OrderStart[keys]];
        for (var key = 0; key < keys; key++)
            Fill(key);
    }

    /// <summary>Where the order of each key begins in <see cref="Order"/>.</summary>
    public int[] OrderStart { get; }

    /// <summary>The elements in their order; -1 for one that nobody appended.</summary>
    public int[] Order { get; }

    /// <summary>The place of each element in the order of its key, from 0.</summary>
    public int[] Places { get; }

    /// <summary>Whether reads of a key contradict each other, so that nothing is known of its order.</summary>
    public bool[] IsBroken { get; }

    /// <summary>For each key one more than the place of an element in its longest list that stood there before; else 0.</summary>
    public int[] DuplicateList { get; }

    /// <summary>For each key the length of the shortest list that holds what was aborted or never appended.</summary>
    public int[] FirstDirty { get; }

    public ReadOnlySpan<int> OrderOf(int key) => Order.AsSpan(OrderStart[key], OrderStart[key + 1] - OrderStart[key]);

    public int LengthOf(int key) => transactions.Longest[key] is var longest and >= 0 ? transactions.Lists[longest].Count : 0;

    /// <summary>Whether a list is a prefix of the longest list of the key.</summary>
    public bool IsPrefix(int key, IReadOnlyList<HistoryValue> list)
    {
        var longest = transactions.Lists[transactions.Longest[key]];
        if (ReferenceEquals(list, longest))
            return true;
        for (var i = list.Count - 1; i >= 0; i--)
            if (!ReferenceEquals(list[i], longest[i]) && !list[i].Equals(longest[i]))
                return false;
        return true;
    }

    private void Fill(int key)
    {
        FirstDirty[key] = int.MaxValue;
        if (transactions.Longest[key] < 0)
            return;
        var list = transactions.Lists[transactions.Longest[key]];
        var start = OrderStart[key];
        for (var i = 0; i < list.Count; i++)
        {
            var element = transactions.NumberOf(key, list[i]);
            Order[start + i] = element;
            if (FirstDirty[key] == int.MaxValue && (element < 0 || IsAborted(element)))
                FirstDirty[key] = i + 1;
            if (element < 0)
                continue;
            if (Places[element] != Unseen && DuplicateList[key] == 0)
            {
                DuplicateList[key] = i + 1;
                IsBroken[key] = true;
            }
            Places[element] = i;
        }
    }

    private bool IsAborted(int element) =>
        transactions.Operations[transactions.Writers[element]].Outcome == HistoryOutcome.Fail;
}
