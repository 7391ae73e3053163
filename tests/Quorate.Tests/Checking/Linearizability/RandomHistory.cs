using Quorate.Checking.Histories;

namespace Quorate.Tests.Checking.Linearizability;

/// <summary>
/// Small random histories. Each operation takes effect at a random instant on a real map and reports what it saw; now and then a result is
/// made up, so that about half of the histories are wrong.
/// </summary>
internal sealed class RandomHistory(Random random, string model)
{
    private static readonly string[] Keys = ["a", "b"];
    private readonly SortedDictionary<string, HistoryValue> state = [];
    private readonly List<HistoryEvent> events = [];
    private readonly List<(HistoryEvent Invoke, HistoryEventType? End, HistoryValue Output)> open = [];
    private int nextProcess;

    public History Create(int operations, int concurrency)
    {
        var begun = 0;
        while (begun < operations || open.Count > 0)
        {
            if (begun < operations && open.Count < concurrency && random.Next(2) == 0)
            {
                Invoke();
                begun++;
            }
            else if (open.Count > 0)
            {
                Advance(random.Next(open.Count));
            }
        }
        return History.FromEvents(events);
    }

    private void Invoke()
    {
        var e = new HistoryEvent(HistoryEventType.Invoke, nextProcess++, Function(), null, HistoryValue.Nil);
        var value = e.Function switch
        {
            "write" or "put" => Value(),
            "append" => HistoryValue.Of(random.Next(2) == 0 ? "x" : "yx"),
            "cas" => HistoryValue.List(Value(), Value()),
            "txn" => HistoryValue.List(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Step()).ToArray()),
            _ => HistoryValue.Nil,
        };
        var keyed = model is "kv" or "append" or "txn" && e.Function != "txn";
        e = e with { Value = value, Key = keyed ? HistoryValue.Of(Keys[random.Next(model == "append" ? 1 : 2)]) : null };
        events.Add(e);
        open.Add((e, null, HistoryValue.Nil));
    }

    private HistoryValue Step() => random.Next(3) switch
    {
        0 => HistoryValue.List(HistoryValue.Of("get"), Key(), HistoryValue.Nil),
        1 => HistoryValue.List(HistoryValue.Of("check"), Key(), Value()),
        _ => HistoryValue.List(HistoryValue.Of("put"), Key(), Value()),
    };

    private HistoryValue Key() => HistoryValue.Of(Keys[random.Next(2)]);

    private HistoryValue Value() => random.Next(4) == 0 ? HistoryValue.Nil : HistoryValue.Of(random.Next(3));

    private string Function()
    {
        string[] functions = model switch
        {
            "register" => ["read", "write"],
            "cas-register" => ["read", "read", "write", "cas"],
            "mutex" => ["acquire", "release"],
            "append" => ["get", "get", "append", "append", "delete"],
            "txn" => ["get", "put", "txn", "txn"],
            _ => ["get", "get", "put", "cas", "delete"],
        };
        return functions[random.Next(functions.Length)];
    }

    /// <summary>Lets an open operation take effect, or end.</summary>
    private void Advance(int index)
    {
        var (invoke, end, output) = open[index];
        if (end is null)
        {
            (end, output) = Effect(invoke);
            open[index] = (invoke, end, output);
            return;
        }
        open.RemoveAt(index);
        switch (random.Next(8))
        {
            case 0:
                events.Add(invoke with { Type = HistoryEventType.Unknown });
                break;
            case 1:
                break;
            default:
                events.Add(invoke with { Type = end.Value, Value = random.Next(12) == 0 ? MadeUp(invoke, output) : output });
                break;
        }
    }

    private (HistoryEventType, HistoryValue) Effect(HistoryEvent e)
    {
        if (random.Next(12) == 0)
            return (random.Next(2) == 0 ? HistoryEventType.Fail : HistoryEventType.Ok, e.Value);
        var key = e.Key?.AsText() ?? "";
        var value = state.GetValueOrDefault(key, HistoryValue.Nil);
        switch (e.Function)
        {
            case "read" or "get":
                return (HistoryEventType.Ok, value);
            case "cas" when !value.Equals(e.Value.Items[0]):
                return random.Next(2) == 0 ? (HistoryEventType.Fail, e.Value) : (HistoryEventType.Ok, HistoryValue.False);
            case "acquire" or "release" when (value.AsText() == "acquire") != (e.Function == "release"):
                return (HistoryEventType.Fail, e.Value);
            case "txn":
                return Transact(e);
        }
        state[key] = e.Function switch
        {
            "cas" => e.Value.Items[1],
            "acquire" or "release" => HistoryValue.Of(e.Function),
            "append" => HistoryValue.Of(value.AsText() + e.Value.AsText()),
            _ => e.Value,
        };
        return (HistoryEventType.Ok, e.Value);
    }

    private (HistoryEventType, HistoryValue) Transact(HistoryEvent e)
    {
        var after = new SortedDictionary<string, HistoryValue>(state);
        var seen = new List<HistoryValue>();
        foreach (var step in e.Value.Items)
        {
            var key = step.Items[1].AsText()!;
            var value = after.GetValueOrDefault(key, HistoryValue.Nil);
            if (step.Items[0].AsText() == "check" && !value.Equals(step.Items[2]))
                return (HistoryEventType.Fail, e.Value);
            if (step.Items[0].AsText() == "put")
                after[key] = step.Items[2];
            seen.Add(step.Items[0].AsText() == "get" ? HistoryValue.List(step.Items[0], step.Items[1], value) : step);
        }
        foreach (var (key, value) in after)
            state[key] = value;
        return (HistoryEventType.Ok, HistoryValue.List(seen));
    }

    private HistoryValue MadeUp(HistoryEvent e, HistoryValue output) => e.Function switch
    {
        "read" => Value(),
        "get" => model == "append" ? HistoryValue.Of("x") : Value(),
        _ => output,
    };
}
