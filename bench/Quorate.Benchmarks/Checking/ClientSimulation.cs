using Quorate.Checking.Histories;

namespace Quorate.Benchmarks.Checking;

/// <summary>Histories of clients of one object, where each operation takes effect at a random moment between its invocation and its end.</summary>
internal static class ClientSimulation
{
    private const int Seed = 1;

    /// <summary>A history of so many operations.</summary>
    /// <param name="operations">How many operations.</param>
    /// <param name="clients">How many clients, each with one operation at a time.</param>
    /// <param name="next">What a client does next.</param>
    /// <param name="apply">What the object answers; null for a failure.</param>
    public static History Run(
        int operations,
        int clients,
        Func<Random, int, (string Function, HistoryValue Input)> next,
        Func<int, string, HistoryValue, HistoryValue?> apply)
    {
        var random = new Random(Seed);
        var events = new List<HistoryEvent>(operations * 2);
        var running = new HistoryEvent?[clients];
        var ends = new HistoryEvent?[clients];
        for (var (begun, done) = (0, 0); done < operations;)
        {
            var client = random.Next(clients);
            if (running[client] is not { } call)
            {
                if (begun == operations)
                    continue;
                begun++;
                var (function, input) = next(random, client);
                events.Add(running[client] = new HistoryEvent(HistoryEventType.Invoke, client, function, null, input));
            }
            else if (ends[client] is not { } end)
            {
                var output = apply(client, call.Function, call.Value);
                ends[client] = output is null
                    ? call with { Type = HistoryEventType.Fail }
                    : call with { Type = HistoryEventType.Ok, Value = output };
            }
            else
            {
                events.Add(end);
                (running[client], ends[client]) = (null, null);
                done++;
            }
        }
        return History.FromEvents(events);
    }
}
