using Quorate.Checking.Histories;

namespace Quorate.Benchmarks.Checking;

/// <summary>Valid histories of twenty clients of an object, by the name of its model.</summary>
internal static class ObjectHistories
{
    private const int Clients = 20;
    private const int CasValues = 5;
    private static readonly HistoryValue[] Small = [.. Enumerable.Range(0, CasValues).Select(i => HistoryValue.Of(i))];

    public static History Of(string model, int operations) => model switch
    {
        "register" => Register(operations),
        "cas-register" => CasRegister(operations),
        "linearizable-queue" => Collection(operations, "enqueue", "dequeue", isStack: false),
        "linearizable-stack" => Collection(operations, "push", "pop", isStack: true),
        "linearizable-set" => Set(operations),
        "linearizable-counter" => Counter(operations),
        _ => Lock(operations),
    };

    private static History Register(int operations)
    {
        var (value, written) = (HistoryValue.Nil, 0);
        return ClientSimulation.Run(
            operations,
            Clients,
            (random, _) => random.Next(2) == 0 ? ("read", HistoryValue.Nil) : ("write", HistoryValue.Of(++written)),
            (_, function, input) => function == "read" ? value : value = input);
    }

    private static History CasRegister(int operations)
    {
        var value = HistoryValue.Nil;
        return ClientSimulation.Run(
            operations,
            Clients,
            (random, _) => random.Next(3) switch
            {
                0 => ("read", HistoryValue.Nil),
                1 => ("write", Small[random.Next(CasValues)]),
                _ => ("cas", HistoryValue.List(Small[random.Next(CasValues)], Small[random.Next(CasValues)])),
            },
            (_, function, input) =>
            {
                if (function == "read")
                    return value;
                if (function == "cas" && !value.Equals(input.Items[0]))
                    return null;
                value = function == "cas" ? input.Items[1] : input;
                return input;
            });
    }

    private static History Collection(int operations, string put, string take, bool isStack)
    {
        var content = new LinkedList<HistoryValue>();
        var count = 0;
        return ClientSimulation.Run(
            operations,
            Clients,
            (random, _) => random.Next(2) == 0 ? (take, HistoryValue.Nil) : (put, HistoryValue.Of(++count)),
            (_, function, input) =>
            {
                if (function == put)
                    return content.AddLast(input).Value;
                var node = isStack ? content.Last : content.First;
                if (node is null)
                    return HistoryValue.Nil;
                content.Remove(node);
                return node.Value;
            });
    }

    // Each element is added, looked for a few times, and removed.
    private static History Set(int operations)
    {
        const int Uses = 6;
        var (content, next) = (new HashSet<HistoryValue>(), 0);
        return ClientSimulation.Run(
            operations,
            Clients,
            (_, _) =>
            {
                var (element, use) = (HistoryValue.Of(next / Uses), next++ % Uses);
                return (use == 0 ? "add" : use == Uses - 2 ? "remove" : "contains", element);
            },
            (_, function, input) => HistoryValue.Of(function switch
            {
                "add" => content.Add(input),
                "remove" => content.Remove(input),
                _ => content.Contains(input),
            }));
    }

    private static History Counter(int operations)
    {
        var (one, count) = (HistoryValue.Of(1), 0L);
        return ClientSimulation.Run(
            operations,
            Clients,
            (random, _) => random.Next(2) == 0 ? ("read", HistoryValue.Nil) : ("add", one),
            (_, function, input) => HistoryValue.Of(function == "read" ? count : ++count));
    }

    private static History Lock(int operations)
    {
        var (token, holder) = (0L, -1);
        var held = new bool[Clients];
        return ClientSimulation.Run(
            operations,
            Clients,
            (_, client) => (held[client] ? "release" : "acquire", HistoryValue.Nil),
            (client, function, _) =>
            {
                if (function == "acquire" && holder >= 0)
                    return null;
                holder = function == "acquire" ? client : -1;
                held[client] = function == "acquire";
                return function == "acquire" ? HistoryValue.Of(++token) : HistoryValue.Nil;
            });
    }
}
