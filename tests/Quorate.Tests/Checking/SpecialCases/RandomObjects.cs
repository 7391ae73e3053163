using Quorate.Checking.Histories;

namespace Quorate.Tests.Checking.SpecialCases;

/// <summary>A register; values are nearly always new.</summary>
internal sealed class RandomRegister(Random random) : RandomObject(random)
{
    private HistoryValue value = HistoryValue.Nil;
    private int written;

    protected override (string, HistoryValue) Next(int process) => Random.Next(2) == 0
        ? ("read", HistoryValue.Nil)
        : ("write", HistoryValue.Of(Random.Next(100) == 0 ? written : ++written));

    protected override HistoryValue? Apply(int process, string function, HistoryValue input) =>
        function == "read" ? value : value = input;

    protected override HistoryValue MadeUp(string function, HistoryValue input, HistoryValue output) => function == "write" ? output
        : Random.Next(8) == 0 ? HistoryValue.Nil : HistoryValue.Of(Random.Next(1, written + 2));
}

/// <summary>A queue or a stack.</summary>
internal sealed class RandomCollection(Random random, bool isStack) : RandomObject(random)
{
    private readonly List<HistoryValue> content = [];
    private readonly int putsOfTen = random.Next(3, 7);
    private int put;

    protected override (string, HistoryValue) Next(int process) => Random.Next(10) < putsOfTen
        ? (isStack ? "push" : "enqueue", HistoryValue.Of(Random.Next(200) == 0 ? put : ++put))
        : (isStack ? "pop" : "dequeue", HistoryValue.Nil);

    protected override HistoryValue? Apply(int process, string function, HistoryValue input)
    {
        if (function is "push" or "enqueue")
        {
            content.Add(input);
            return input;
        }
        if (content.Count == 0)
            return HistoryValue.Nil;
        var place = isStack ? content.Count - 1 : 0;
        var taken = content[place];
        content.RemoveAt(place);
        return taken;
    }

    protected override HistoryValue MadeUp(string function, HistoryValue input, HistoryValue output) => function is "push" or "enqueue"
        ? output
        : Random.Next(3) == 0 ? HistoryValue.Nil : HistoryValue.Of(Random.Next(1, put + 2));
}

/// <summary>A set of elements that come and go, or one that grows and is read as a whole.</summary>
internal sealed class RandomSet(Random random, bool grows) : RandomObject(random)
{
    private readonly SortedSet<int> content = [];
    private readonly HashSet<(int, bool)> used = [];

    protected override (string, HistoryValue) Next(int process)
    {
        var element = Random.Next(grows ? 8 : 3);
        var choice = Random.Next(5);
        // An element is seldom added, or removed, twice.
        if (choice < 2 && (used.Add((element, choice == 0 || grows)) || Random.Next(20) == 0))
            return (choice == 0 || grows ? "add" : "remove", HistoryValue.Of(element));
        return grows ? ("read", HistoryValue.Nil) : ("contains", HistoryValue.Of(element));
    }

    protected override HistoryValue? Apply(int process, string function, HistoryValue input)
    {
        if (function == "read")
            return HistoryValue.List(content.Select(e => HistoryValue.Of(e)).ToArray());
        var element = (int)input.AsInteger()!.Value;
        var result = function switch
        {
            "add" => content.Add(element),
            "remove" => content.Remove(element),
            _ => content.Contains(element),
        };
        return function == "contains" || Random.Next(2) == 0 && !grows ? HistoryValue.Of(result) : input;
    }

    protected override HistoryValue MadeUp(string function, HistoryValue input, HistoryValue output)
    {
        if (output.AsBoolean() is { } answer)
            return HistoryValue.Of(!answer);
        if (function != "read")
            return output;
        var items = output.Items.ToList();
        if (items.Count > 0 && Random.Next(2) == 0)
            items.RemoveAt(Random.Next(items.Count));
        else
            items.Add(HistoryValue.Of(Random.Next(8)));
        return HistoryValue.List(items.Distinct().ToArray());
    }
}

/// <summary>A counter to which one amount is added.</summary>
internal sealed class RandomCounter(Random random) : RandomObject(random)
{
    private readonly int amount = random.Next(6) == 0 ? -3 : random.Next(1, 3);
    private long count;

    protected override (string, HistoryValue) Next(int process) =>
        Random.Next(2) == 0 ? ("read", HistoryValue.Nil) : ("add", HistoryValue.Of(amount));

    protected override HistoryValue? Apply(int process, string function, HistoryValue input) =>
        function == "read" ? HistoryValue.Of(count) : HistoryValue.Of(count += amount);

    protected override HistoryValue MadeUp(string function, HistoryValue input, HistoryValue output) => function == "add"
        ? output
        : HistoryValue.Of(output.AsInteger()!.Value + (Random.Next(8) == 0 ? 1 : amount * (Random.Next(3) - 1)));
}

/// <summary>A lock whose tokens grow, and which a holder may lose where it is a lease.</summary>
internal sealed class RandomLock(Random random, bool leases) : RandomObject(random)
{
    private readonly SortedDictionary<int, long> tokens = [];
    private long token;
    private int? holder;

    protected override (string, HistoryValue) Next(int process)
    {
        if (!tokens.TryGetValue(process, out var held) || Random.Next(5) == 0)
            return ("acquire", HistoryValue.Nil);
        return ("release", Random.Next(2) == 0 ? HistoryValue.Nil : HistoryValue.Of(held));
    }

    protected override HistoryValue? Apply(int process, string function, HistoryValue input)
    {
        if (function == "release")
        {
            if (holder != process || !tokens.Remove(process))
                return null;
            holder = null;
            return input;
        }
        if (holder is not null && !leases)
            return null;
        holder = process;
        tokens[process] = token += Random.Next(1, 3);
        return HistoryValue.Of(token);
    }

    protected override HistoryValue MadeUp(string function, HistoryValue input, HistoryValue output) =>
        function == "acquire" ? HistoryValue.Of(output.AsInteger()!.Value + Random.Next(-2, 3)) : output;
}
