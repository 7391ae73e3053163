using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>
/// What is known of the order of versions: what a transaction wrote comes after what it had read or written of the key before (Elle,
/// section 5.2, "writes follow reads"), and everything comes after nil. So each version has one parent, and the versions of a key make a
/// tree.
/// </summary>
internal sealed class RegisterVersions
{
    private readonly RegisterTransactions transactions;
    private readonly int[] entered;
    private readonly int[] left;

    public RegisterVersions(RegisterTransactions transactions, FindingList findings)
    {
        this.transactions = transactions;
        var count = transactions.Values.Count;
        Parents = new int[count];
        Array.Fill(Parents, RegisterTransactions.Initial);
        IsBroken = new bool[transactions.Keys.Count];
        entered = new int[count];
        left = new int[count];
        Link();
        Number(findings);
    }

    /// <summary>The version before each, or <see cref="RegisterTransactions.Initial"/>.</summary>
    public int[] Parents { get; }

    /// <summary>Whether the versions of a key come after each other in a circle, so that nothing is known of their order.</summary>
    public bool[] IsBroken { get; }

    /// <summary>Whether one version is known to be later than another.</summary>
    public bool IsLater(int version, int than) =>
        than == RegisterTransactions.Initial
            || than >= 0 && version != than && entered[than] < entered[version] && left[version] < left[than];

    private void Link()
    {
        var last = new int[transactions.Keys.Count];
        var stamp = new int[transactions.Keys.Count];
        Array.Fill(stamp, -1);
        for (var i = 0; i < transactions.Operations.Count; i++)
            foreach (var step in transactions.StepsOf(i))
            {
                if (step.Kind == MicroKind.Write && stamp[step.Key] == i && last[step.Key] >= 0 && last[step.Key] != step.Value)
                    Parents[step.Value] = last[step.Key];
                if (step.Value < 0)
                    continue;
                (stamp[step.Key], last[step.Key]) = (i, step.Value);
            }
    }

    // Depth first from the roots; what no root reaches lies on or behind a circle.
    private void Number(FindingList findings)
    {
        var children = Enumerable.Range(0, Parents.Length).ToLookup(v => Parents[v]);
        var clock = 0;
        var path = new Stack<(int Version, bool IsDone)>();
        foreach (var root in children[RegisterTransactions.Initial])
        {
            path.Push((root, false));
            while (path.TryPop(out var top))
            {
                if (top.IsDone)
                {
                    left[top.Version] = ++clock;
                    continue;
                }
                entered[top.Version] = ++clock;
                path.Push((top.Version, true));
                foreach (var child in children[top.Version])
                    path.Push((child, false));
            }
        }
        for (var version = 0; version < Parents.Length; version++)
            if (entered[version] == 0)
                Broken(version, findings);
    }

    private void Broken(int version, FindingList findings)
    {
        var key = transactions.KeyOf[version];
        IsBroken[key] = true;
        findings.Add("cyclic-versions", () =>
        {
            // Walk until a version comes again: from there on it is the circle.
            var seen = new HashSet<int>();
            for (; seen.Add(version); version = Parents[version])
            {
            }
            var circle = new List<HistoryOperation>();
            var first = version;
            do
                circle.Add(transactions.Operations[transactions.Writers[version]]);
            while ((version = Parents[version]) != first);
            return new Finding(
                "cyclic-versions",
                $"each of these transactions wrote {transactions.Keys[key]} over what the next one wrote, and the last over the first",
                circle.Distinct().ToArray(),
                transactions.Keys[key],
                transactions.Values[first]);
        });
    }
}
