using Quorate.Checking.Histories;

namespace Quorate.Tests.Checking.Linearizability;

/// <summary>Linearizability by its definition: every order of every choice of unknown operations, on a map of keys to values.</summary>
internal static class BruteForce
{
    public static bool IsLinearizable(History history) =>
        Search([.. history.Operations.Where(o => o.Outcome != HistoryOutcome.Fail)], new SortedDictionary<string, string>());

    private static bool Search(List<HistoryOperation> left, SortedDictionary<string, string> state)
    {
        if (left.TrueForAll(o => o.Outcome == HistoryOutcome.Unknown))
            return true;
        foreach (var next in left)
        {
            if (left.Any(o => o.Completed < next.Invoked))
                continue;
            var after = new SortedDictionary<string, string>(state);
            if (Apply(next, after) && Search(left.Where(o => o != next).ToList(), after))
                return true;
        }
        return false;
    }

    private static bool Apply(HistoryOperation o, SortedDictionary<string, string> state)
    {
        var key = o.Key?.ToString() ?? "";
        var value = state.GetValueOrDefault(key, "nil");
        var known = o.Outcome == HistoryOutcome.Ok;
        switch (o.Function)
        {
            case "read" or "get":
                return !known || value == o.Output.ToString();
            case "write" or "put":
                state[key] = o.Input.ToString();
                return true;
            case "delete":
                state.Remove(key);
                return true;
            case "append":
                state[key] = value == "nil" ? o.Input.ToString() : $"{value[..^1]}{o.Input.ToString()[1..]}";
                return true;
            case "cas":
                return CompareAndSet(o, key, value, state);
            case "acquire" or "release":
                state[key] = o.Function;
                return (value == "acquire") == (o.Function == "release");
            case "txn":
                return (known ? o.Output : o.Input).Items.All(step => ApplyStep(step, known, state));
            default:
                throw new InvalidOperationException(o.Function);
        }
    }

    private static bool CompareAndSet(HistoryOperation o, string key, string value, SortedDictionary<string, string> state)
    {
        var holds = value == o.Input.Items[0].ToString();
        if (o.Outcome == HistoryOutcome.Ok && o.Output.AsBoolean() == false)
            return !holds;
        state[key] = o.Input.Items[1].ToString();
        return holds;
    }

    private static bool ApplyStep(HistoryValue step, bool known, SortedDictionary<string, string> state)
    {
        var key = step.Items[1].ToString();
        switch (step.Items[0].AsText())
        {
            case "put":
                state[key] = step.Items[2].ToString();
                return true;
            case "check":
                return state.GetValueOrDefault(key, "nil") == step.Items[2].ToString();
            default:
                return !known || state.GetValueOrDefault(key, "nil") == step.Items[2].ToString();
        }
    }
}
