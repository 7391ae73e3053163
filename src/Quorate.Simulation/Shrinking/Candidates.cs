using Quorate.Simulation.Faults;
using Quorate.Simulation.Schedules;

namespace Quorate.Simulation.Shrinking;

/// <summary>Ways to make a schedule smaller.</summary>
internal static class Candidates
{
    private const int BurstsMax = 8;
    private static readonly TimeSpan DurationMin = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LeadIn = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LengthMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastingMax = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Tail = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    /// <summary>Keeps the last stretch of the run, of which so many make the whole, and moves it to the beginning.</summary>
    public static IEnumerable<Schedule> Window(Schedule schedule, int count)
    {
        if (schedule.Horizon is { } horizon && horizon / count >= LengthMin && horizon - horizon / count > LeadIn + LengthMin)
            yield return Between(schedule, horizon, horizon - horizon / count, horizon);
    }

    /// <summary>
    /// Keeps so many faults that follow each other, and the operations about that time; the last ones first. Of a bug that chance decides
    /// on, many short runs show more than a few long ones.
    /// </summary>
    public static IEnumerable<Schedule> Bursts(Schedule schedule, int count)
    {
        if (schedule.Horizon is not { } horizon)
            yield break;
        var faults = schedule.Faults.OrderBy(f => f.At).ToList();
        for (var first = faults.Count - count; first >= Math.Max(faults.Count - count - BurstsMax, 0); first--)
        {
            var burst = faults.GetRange(first, count);
            var to = burst.Max(f => f.At + (f.Duration < LastingMax ? f.Duration : LastingMax)) + Tail;
            var shorter = Between(schedule with { Faults = burst }, horizon, burst[0].At, to < horizon ? to : horizon);
            if (shorter.Horizon < horizon)
                yield return shorter;
        }
    }

    /// <summary>Leaves out what comes after a moment.</summary>
    public static Schedule Until(Schedule schedule, TimeSpan moment) =>
        schedule.Horizon is { } horizon && moment < horizon ? Until(schedule, horizon, moment) : schedule with
        {
            Faults = [.. schedule.Faults.Where(f => f.At <= moment)],
            Operations = schedule.Operations?.Where(o => o.At <= moment).ToList(),
        };

    /// <summary>The kinds of the faults.</summary>
    public static IReadOnlyList<FaultKind> Kinds(Schedule schedule) => [.. schedule.Faults.Select(f => f.Kind).Distinct().Order()];

    public static Schedule WithKinds(Schedule schedule, IReadOnlyList<FaultKind> kinds) =>
        schedule with { Faults = [.. schedule.Faults.Where(f => kinds.Contains(f.Kind))] };

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
        Faults = [.. schedule.Faults.Where(f => f.At <= horizon)],
        Operations = schedule.Operations?.Where(o => o.At <= horizon || o.At >= before).ToList(),
    };

    // What began before the stretch and lasts into it lasts for the rest of its time.
    private static Schedule Between(Schedule schedule, TimeSpan horizon, TimeSpan from, TimeSpan to)
    {
        var by = from - LeadIn;
        return schedule with
        {
            Horizon = to - by,
            Faults = [.. schedule.Faults.Where(f => f.At <= to && (f.At >= from || f.End > from)).Select(Move)],
            Operations = schedule.Operations?.Where(o => (o.At >= from && o.At <= to) || o.At >= horizon)
                .Select(o => o with { At = o.At - by }).ToList(),
        };

        FaultAction Move(FaultAction fault) =>
            fault.At >= from ? fault with { At = fault.At - by } : fault with { At = LeadIn, Duration = fault.End!.Value - from };
    }

    // A client's operations at its end are under a name of their own: the client's, and a word behind a dash.
    private static string Owner(string client) => client.EndsWith("-end", StringComparison.Ordinal) ? client[..^4] : client;
}
