using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Transactions;

/// <summary>Looks at each read of a register by itself.</summary>
internal sealed class RegisterReads(RegisterTransactions transactions, FindingList findings)
{
    private const int Untouched = int.MinValue;
    private readonly int[] stamp = NewStamps(transactions.Keys.Count);
    private readonly int[] current = new int[transactions.Keys.Count];
    private readonly Dictionary<(int Key, int Version), int> updaters = [];

    public void Check()
    {
        for (var i = 0; i < transactions.Operations.Count; i++)
        {
            if (transactions.Operations[i].Outcome != HistoryOutcome.Ok)
                continue;
            foreach (var step in transactions.StepsOf(i))
            {
                if (stamp[step.Key] != i)
                    (stamp[step.Key], current[step.Key]) = (i, Untouched);
                if (step.Kind == MicroKind.Read)
                    CheckRead(i, step);
                current[step.Key] = step.Value;
            }
            CheckUpdates(i);
        }
    }

    private static int[] NewStamps(int count)
    {
        var stamps = new int[count];
        Array.Fill(stamps, -1);
        return stamps;
    }

    private void CheckRead(int reader, MicroOperation read)
    {
        var (key, version) = (read.Key, read.Value);
        if (current[key] != Untouched && current[key] != version)
            Found("internal", "a transaction reads it otherwise than its own steps before tell", key, null, reader);
        if (version == RegisterTransactions.Garbage)
            Found("garbage-read", "a read gave what nobody wrote", key, null, reader);
        if (version < 0)
            return;
        var writer = transactions.Writers[version];
        if (transactions.Operations[writer].Outcome == HistoryOutcome.Fail)
            Found("G1a", "a read gave what a transaction wrote that failed", key, transactions.Values[version], writer, reader);
        else if (writer != reader && !transactions.IsFinal[version])
            Found("G1b", "a read gave what its transaction wrote over again", key, transactions.Values[version], writer, reader);
        else if (writer == reader && current[key] != version)
            Found("internal", "a transaction reads what it writes only later", key, null, reader);
    }

    private void CheckUpdates(int transaction)
    {
        var steps = transactions.StepsOf(transaction);
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i].Kind != MicroKind.Read || steps[i].Value < RegisterTransactions.Initial || !WritesOnly(steps, i))
                continue;
            var (key, version) = (steps[i].Key, steps[i].Value);
            if (updaters.TryAdd((key, version), transaction) || updaters[(key, version)] == transaction)
                continue;
            var first = updaters[(key, version)];
            Found("lost-update", "two transactions read the same version and both wrote over it", key, null, first, transaction);
        }
    }

    // The first step on the key is the read at the place, and a write follows.
    private static bool WritesOnly(ReadOnlySpan<MicroOperation> steps, int place)
    {
        for (var i = 0; i < place; i++)
            if (steps[i].Key == steps[place].Key)
                return false;
        foreach (var step in steps[(place + 1)..])
            if (step.Kind == MicroKind.Write && step.Key == steps[place].Key)
                return true;
        return false;
    }

    private void Found(string name, string text, int key, HistoryValue? value, params int[] operations) =>
        findings.Add(name, () => new Finding(
            name,
            $"register {transactions.Keys[key]}: {text}",
            operations.Select(o => transactions.Operations[o]).ToArray(),
            transactions.Keys[key],
            value));
}
