using System.Globalization;
using Quorate.Checking.Pages;
using Quorate.Kernel.Machines;
using Quorate.Simulation.Machines;
using Quorate.Simulation.Tracing;

namespace Quorate.Testing.Drawing;

/// <summary>What a world recorded, as lanes, arrows, marks and spans of a page.</summary>
/// <remarks>
/// Guarantee: a lane for the network and for each machine that took part; each message, fault and note of <see cref="DrawnNotes"/> is there.
/// Cost: linear in the record. Fails when: never.
/// Source: Lamport, "Time, clocks, and the ordering of events in a distributed system", 1978 (space-time diagrams).
/// </remarks>
public sealed class RecordDrawing
{
    private const int World = 0;
    private readonly SortedDictionary<string, int> laneOf = new(StringComparer.Ordinal);
    private readonly Dictionary<long, int> underWay = [];
    private readonly List<PageLane> lanes = [new("network", LaneKind.World)];
    private readonly List<PageMessage> messages = [];
    private readonly List<PageMark> marks = [];
    private readonly OpenSpans open;
    private readonly CutLinks cuts;
    private readonly long end;

    /// <summary>Draws a record.</summary>
    /// <param name="record">What happened.</param>
    /// <param name="machines">The machines, in the order of their adding.</param>
    /// <param name="simulated">How long it took, in the world's time.</param>
    public RecordDrawing(RunRecord record, IReadOnlyList<SimulatedMachine> machines, TimeSpan simulated)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(machines);
        end = Nanoseconds(simulated);
        open = new OpenSpans(end);
        cuts = new CutLinks(World, [.. machines.Select(m => m.Name)]);
        var busy = record.Events.OfType<MessageSent>().SelectMany(m => (string[])[m.From, m.To]).ToHashSet(StringComparer.Ordinal);
        // A machine of clients that call the nodes without a network of their own has nothing to show.
        foreach (var machine in machines.Where(m => !m.IsClient || busy.Contains(m.Name)))
        {
            laneOf.Add(machine.Name, lanes.Count);
            lanes.Add(new PageLane(machine.Name, LaneKind.Node));
        }
        foreach (var e in record.Events)
            Take(e);
        Spans = [.. open.All(), .. cuts.Spans(end)];
    }

    /// <summary>The lanes: the network, then the machines.</summary>
    public IReadOnlyList<PageLane> Lanes => lanes;

    /// <summary>What was sent.</summary>
    public IReadOnlyList<PageMessage> Messages => messages;

    /// <summary>What happened at one moment.</summary>
    public IReadOnlyList<PageMark> Marks => marks;

    /// <summary>What lasted.</summary>
    public IReadOnlyList<PageSpan> Spans { get; }

    /// <summary>A page's moment.</summary>
    /// <param name="time">The world's time.</param>
    public static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    private void Take(RunEvent e)
    {
        var at = Nanoseconds(e.At);
        switch (e)
        {
            case MessageSent sent:
                Send(sent, at);
                break;
            case MessageArrived arrived:
                End(arrived.Id, at, MessageFate.Arrived);
                break;
            case MessageLost lost:
                End(lost.Id, at, FateOf(lost.Cause));
                break;
            case MessageHeld held when underWay.TryGetValue(held.Id, out var place):
                messages[place] = messages[place] with { IsHeld = true };
                break;
            case MachineChanged changed when laneOf.TryGetValue(changed.Machine, out var lane):
                Change(lane, changed.Step, at);
                break;
            case LinkChanged { Step: LinkStep.Reset } reset:
                marks.Add(new PageMark(World, at, MarkKind.NetworkFault, $"reset {reset.From} ↔ {reset.To}"));
                break;
            case LinkChanged changed:
                cuts.Take(changed, at);
                break;
            case NetworkHealed:
                cuts.Heal(at);
                open.EndAll(World, at);
                break;
            case KnobTurned turned:
                Turn(turned, at);
                break;
            case DiskFailed failed when laneOf.TryGetValue(failed.Machine, out var lane):
                marks.Add(new PageMark(lane, at, MarkKind.DiskFault, "disk error", failed.Text));
                break;
            case TelemetryReported report when laneOf.TryGetValue(report.Machine, out var lane):
                var isGrave = report.Severity >= Severity.Warning;
                marks.Add(new PageMark(
                    lane, at, isGrave ? MarkKind.Warning : MarkKind.Note, report.Component, report.Text, IsMinor: !isGrave));
                break;
            case RunNoted noted:
                Note(noted, at);
                break;
        }
    }

    private void Send(MessageSent sent, long at)
    {
        underWay.Add(sent.Id, messages.Count);
        var label = sent.Label ?? new MessageLabel("message", string.Create(CultureInfo.InvariantCulture, $"{sent.Bytes} bytes"));
        messages.Add(new PageMessage(
            laneOf[sent.From], laneOf[sent.To], at, end, MessageFate.UnderWay, label.Text, label.Detail, label.IsRoutine, sent.IsCopy));
    }

    private void End(long id, long at, MessageFate fate)
    {
        if (underWay.Remove(id, out var place))
            messages[place] = messages[place] with { Ended = at, Fate = fate };
    }

    private static MessageFate FateOf(LossCause cause) => cause switch
    {
        LossCause.Loss => MessageFate.Lost,
        LossCause.Cut => MessageFate.Cut,
        LossCause.NoReceiver => MessageFate.NoReceiver,
        _ => MessageFate.Reset,
    };

    private void Change(int lane, MachineStep step, long at)
    {
        var (kind, word) = step switch
        {
            MachineStep.Booted => (MarkKind.Boot, "boots"),
            MachineStep.Crashed => (MarkKind.Crash, "crashes"),
            MachineStep.Stopping => (MarkKind.Note, "is asked to stop"),
            MachineStep.Stopped => (MarkKind.Stop, "stopped"),
            MachineStep.StoppedItself => (MarkKind.Stop, "stops itself"),
            MachineStep.Paused => (MarkKind.Note, "paused"),
            _ => (MarkKind.Note, "goes on"),
        };
        if (step is not (MachineStep.Paused or MachineStep.Resumed))
            marks.Add(new PageMark(lane, at, kind, word));
        if (step is MachineStep.Booted or MachineStep.Resumed)
            open.End(lane, step == MachineStep.Booted ? "down" : "paused", at);
        else if (step == MachineStep.Paused)
            open.Begin(lane, "paused", at, SpanKind.Paused, "paused");
        else if (step != MachineStep.Stopping)
        {
            open.End(lane, "paused", at);
            open.Begin(lane, "down", at, SpanKind.Down, "down");
        }
    }

    private void Turn(KnobTurned turned, long at)
    {
        if (!laneOf.TryGetValue(turned.Machine ?? "", out var lane))
            lane = World;
        var isOfNetwork = turned.Owner == KnobOwner.Network;
        if (isOfNetwork && turned.Machine is not null)
            (lane, turned) = (World, turned with { Knob = $"{turned.Machine} {turned.Knob}", Text = $"{turned.Machine}: {turned.Text}" });
        else if (lane == World && turned.Machine is not null)
            return;
        if (turned.IsInstant)
        {
            var mark = isOfNetwork ? MarkKind.NetworkFault : turned.Owner == KnobOwner.Disk ? MarkKind.DiskFault : MarkKind.ClockFault;
            marks.Add(new PageMark(lane, at, mark, turned.Text));
            return;
        }
        var kind = isOfNetwork ? SpanKind.NetworkFault : turned.Owner == KnobOwner.Disk ? SpanKind.DiskFault : SpanKind.ClockFault;
        open.End(lane, turned.Knob, at);
        if (turned.IsFaulty)
            open.Begin(lane, turned.Knob, at, kind, turned.Text);
    }

    private void Note(RunNoted noted, long at)
    {
        var lane = noted.Machine is null ? World : laneOf.GetValueOrDefault(noted.Machine, World);
        switch (noted.Kind)
        {
            case DrawnNotes.Leads:
                open.Begin(lane, "leader", at, SpanKind.Leader, $"leads term {noted.Text}");
                marks.Add(new PageMark(lane, at, MarkKind.Leader, $"leader {noted.Text}", $"begins to lead in term {noted.Text}"));
                break;
            case DrawnNotes.LeadsNoMore:
                open.End(lane, "leader", at);
                break;
            case DrawnNotes.Term:
                marks.Add(new PageMark(lane, at, MarkKind.Term, $"term {noted.Text}"));
                break;
            case DrawnNotes.Commit:
                marks.Add(new PageMark(lane, at, MarkKind.Commit, noted.Text, $"knows that {noted.Text} is committed", IsMinor: true));
                break;
            default:
                marks.Add(new PageMark(lane, at, MarkKind.Note, noted.Kind, noted.Text));
                break;
        }
    }
}
