using Quorate.Checking.Histories;

namespace Quorate.Tests.Checking.SpecialCases;

/// <summary>
/// Small random histories of one object. Clients call a real object, each operation takes effect at a random instant, some are never answered and
/// take effect later or not at all; and then now and then an answer is changed.
/// </summary>
internal abstract class RandomObject(Random random)
{
    private readonly List<HistoryEvent> events = [];
    private readonly List<Call> open = [];
    private readonly List<Call> lost = [];
    private int processes;

    protected Random Random { get; } = random;

    /// <summary>A history of so many operations of so many clients; of a hundred operations about so many are not answered.</summary>
    public History Create(int operations, int clients, int lostPercent, bool changed)
    {
        var idle = new Stack<int>(Enumerable.Range(0, clients).Select(_ => processes++));
        for (var begun = 0; begun < operations || open.Count > 0;)
        {
            if (begun < operations && idle.Count > 0 && Random.Next(2) == 0)
            {
                begun++;
                Begin(idle.Pop());
            }
            else if (open.Count > 0)
            {
                Advance(open[Random.Next(open.Count)], idle, lostPercent);
            }
            if (lost.Count > 0 && Random.Next(4) == 0)
                TakeEffectLate();
        }
        for (var changes = changed ? Random.Next(1, 3) : 0; changes > 0; changes--)
            Change();
        return History.FromEvents(events);
    }

    /// <summary>What a client does next.</summary>
    protected abstract (string Function, HistoryValue Input) Next(int process);

    /// <summary>What the object answers; null for a failure.</summary>
    protected abstract HistoryValue? Apply(int process, string function, HistoryValue input);

    /// <summary>An answer that may be wrong.</summary>
    protected abstract HistoryValue MadeUp(string function, HistoryValue input, HistoryValue output);

    private void Begin(int process)
    {
        var (function, input) = Next(process);
        var invoke = new HistoryEvent(HistoryEventType.Invoke, process, function, null, input);
        events.Add(invoke);
        open.Add(new Call(invoke));
    }

    private void Advance(Call call, Stack<int> idle, int lostPercent)
    {
        if (Random.Next(200) < lostPercent)
        {
            open.Remove(call);
            if (!call.IsDone)
                lost.Add(call);
            if (Random.Next(2) == 0)
                events.Add(call.Invoke with { Type = HistoryEventType.Unknown });
            idle.Push(processes++);
        }
        else if (!call.IsDone)
        {
            Effect(call);
        }
        else
        {
            open.Remove(call);
            events.Add(call.Output is null
                ? call.Invoke with { Type = HistoryEventType.Fail }
                : call.Invoke with { Type = HistoryEventType.Ok, Value = call.Output });
            idle.Push((int)call.Invoke.Process);
        }
    }

    private void TakeEffectLate()
    {
        var place = Random.Next(lost.Count);
        if (Random.Next(2) == 0)
            Effect(lost[place]);
        lost.RemoveAt(place);
    }

    private void Effect(Call call)
    {
        call.IsDone = true;
        call.Output = Apply((int)call.Invoke.Process, call.Invoke.Function, call.Invoke.Value);
    }

    private void Change()
    {
        var answers = Enumerable.Range(0, events.Count).Where(i => events[i].Type == HistoryEventType.Ok).ToArray();
        if (answers.Length < 2)
            return;
        var (one, other) = (answers[Random.Next(answers.Length)], answers[Random.Next(answers.Length)]);
        if (Random.Next(2) == 0 && events[one].Function == events[other].Function)
            (events[one], events[other]) =
                (events[one] with { Value = events[other].Value }, events[other] with { Value = events[one].Value });
        else
            events[one] = events[one] with { Value = MadeUp(events[one].Function, events[one].Value, events[one].Value) };
    }

    private sealed class Call(HistoryEvent invoke)
    {
        public readonly HistoryEvent Invoke = invoke;
        public bool IsDone;
        public HistoryValue? Output;
    }
}
