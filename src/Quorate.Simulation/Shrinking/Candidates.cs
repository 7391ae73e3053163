using Quorate.Simulation.Schedules;

namespace Quorate.Simulation.Shrinking;

/// <summary>Ways to make a schedule smaller.</summary>
internal static class Candidates
{
    private const int HorizonParts = 8;
    private static readonly TimeSpan DurationMin = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    /// <summary>Ends the run earlier, at parts of its time; the earliest end first.</summary>
    public static IEnumerable<Schedule> Earlier(Schedule schedule)
    {
        if (schedule.Horizon is not { } horizon)
            yield break;
        for (var part = 1; part < HorizonParts; part++)
            yield return Until(schedule, horizon, horizon * part / HorizonParts);
    }

    /// <summary>Leaves out all operations of one client or of several, the most clients first.</summary>
    public static IReadOnlyList<string> Clients(Schedule schedule) =>
        [.. (schedule.Operations ?? []).Select(o => Owner(o.Client)).Distinct().Order(StringComparer.Ordinal)];

    public static Schedule WithClients(Schedule schedule, IReadOnlyList<string> clients) => schedule with
    {
        Operations = schedule.Operations?.Where(o => clients.Contains(Owner(o.Client))).ToList(),
    };

    /// <summary>Takes the last machine away, with the faults that name it.</summary>
    public static IEnumerable<Schedule> FewerMachines(Schedule schedule, int machines)
    {
        if (machines > 1)
            yield return schedule with { Machines = machines - 1 };
    }

    /// <summary>Halves how long one fault lasts, for each fault.</summary>
    public static IEnumerable<Schedule> Shorter(Schedule schedule)
    {
        for (var i = 0; i < schedule.Faults.Count; i++)
        {
            var fault = schedule.Faults[i];
            if (fault.Duration / 2 < DurationMin)
                continue;
            var faults = schedule.Faults.ToArray();
            faults[i] = fault with { Duration = fault.Duration / 2 };
            yield return schedule with { Faults = faults };
        }
    }

    /// <summary>Leaves out machines that a fault hits beside others, one by one.</summary>
    public static IEnumerable<Schedule> FewerTargets(Schedule schedule)
    {
        for (var i = 0; i < schedule.Faults.Count; i++)
        {
            var fault = schedule.Faults[i];
            if (fault.Targets.Count < 2 || fault.Others.Count > 0)
                continue;
            foreach (var target in fault.Targets)
            {
                var faults = schedule.Faults.ToArray();
                faults[i] = fault with { Targets = [.. fault.Targets.Where(t => t != target)] };
                yield return schedule with { Faults = faults };
            }
        }
    }

    /// <summary>Takes time out in which nothing begins: the longest idle stretch first. What comes behind comes earlier.</summary>
    public static IEnumerable<Schedule> Tighter(Schedule schedule)
    {
        var times = schedule.Faults.Select(f => f.At).Concat((schedule.Operations ?? []).Select(o => o.At)).Append(TimeSpan.Zero).Order().ToList();
        var gaps = times.Zip(times.Skip(1)).Where(g => g.Second - g.First > 2 * Idle).OrderByDescending(g => g.Second - g.First);
        foreach (var (from, to) in gaps)
        {
            var by = (to - from) / 2;
            TimeSpan Move(TimeSpan at) => at >= to ? at - by : at;
            yield return schedule with
            {
                Horizon = schedule.Horizon is { } horizon ? Move(horizon) : null,
                Faults = [.. schedule.Faults.Select(f => f with { At = Move(f.At) })],
                Operations = schedule.Operations?.Select(o => o with { At = Move(o.At) }).ToList(),
            };
        }
    }

    // What clients do at their end comes behind the horizon and stays.
    private static Schedule Until(Schedule schedule, TimeSpan before, TimeSpan horizon) => schedule with
    {
        Horizon = horizon,
        Faults = [.. schedule.Faults.Where(f => f.At < horizon)],
        Operations = schedule.Operations?.Where(o => o.At < horizon || o.At >= before).ToList(),
    };

    // A client's operations at its end are under a name of their own: the client's, and a word behind a dash.
    private static string Owner(string client) => client.EndsWith("-end", StringComparison.Ordinal) ? client[..^4] : client;
}
