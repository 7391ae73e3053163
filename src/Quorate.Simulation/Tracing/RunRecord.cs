using Quorate.Kernel.Machines;

namespace Quorate.Simulation.Tracing;

/// <summary>What happened in a world, typed, in order; kept where <see cref="WorldOptions.Record"/> asks for it.</summary>
/// <remarks>
/// Guarantee: recording changes nothing: the run takes the same steps and has the same trace hash as without.
/// Cost: about 100 bytes an event; nothing in a world that is not recorded.
/// Fails when: never; when full, the oldest half goes and <see cref="Dropped"/> counts it.
/// Source: space-time diagrams, Lamport, "Time, clocks, and the ordering of events in a distributed system", 1978.
/// </remarks>
public sealed class RunRecord
{
    private readonly RecordOptions options;
    private readonly Func<TimeSpan> now;
    private readonly List<RunEvent> events = [];
    private long lastId;

    internal RunRecord(RecordOptions options, Func<TimeSpan> now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EventsMax, 2);
        this.options = options;
        this.now = now;
    }

    /// <summary>The events, in the order in which they happened.</summary>
    public IReadOnlyList<RunEvent> Events => events;

    /// <summary>How many events were given up because the record was full.</summary>
    public long Dropped { get; private set; }

    /// <summary>Adds a note of one's own, such as who leads. It is no part of the trace's hash.</summary>
    /// <param name="machine">On which machine; null for the world.</param>
    /// <param name="kind">What kind of thing, such as <c>commit</c>.</param>
    /// <param name="text">What.</param>
    public void Note(string? machine, string kind, string text) => Add(new RunNoted(now(), machine, kind, text));

    internal IMessageLabeler? NewStreamLabeler() => options.Streams?.Invoke();

    internal long Sent(string from, string to, ReadOnlySpan<byte> payload, bool isCopy)
    {
        var label = options.Datagrams?.Label(payload);
        Add(new MessageSent(now(), ++lastId, from, to, payload.Length, MessageForm.Datagram, label, isCopy));
        return lastId;
    }

    internal long Streamed(string from, string to, ReadOnlySpan<byte> bytes, IMessageLabeler? labeler)
    {
        Add(new MessageSent(now(), ++lastId, from, to, bytes.Length, MessageForm.Stream, labeler?.Label(bytes)));
        return lastId;
    }

    internal long Controlled(string from, string to, string what)
    {
        Add(new MessageSent(now(), ++lastId, from, to, 0, MessageForm.Control, new MessageLabel(what)));
        return lastId;
    }

    internal void Arrived(long id) => Add(new MessageArrived(now(), id));

    internal void Lost(long id, LossCause cause) => Add(new MessageLost(now(), id, cause));

    internal void Held(long id) => Add(new MessageHeld(now(), id));

    internal void Machine(string machine, MachineStep step) => Add(new MachineChanged(now(), machine, step));

    internal void Link(string from, string to, LinkStep step, TimeSpan? until = null) => Add(new LinkChanged(now(), from, to, step, until));

    internal void Healed() => Add(new NetworkHealed(now()));

    internal void Knob(string? machine, KnobOwner owner, string knob, string text, bool isFaulty, bool isInstant = false) =>
        Add(new KnobTurned(now(), machine, owner, knob, text, isFaulty, isInstant));

    internal void DiskFailure(string machine, string text) => Add(new DiskFailed(now(), machine, text));

    internal void Telemetry(string machine, Severity severity, string component, string text) =>
        Add(new TelemetryReported(now(), machine, severity, component, text));

    private void Add(RunEvent e)
    {
        if (events.Count == options.EventsMax)
        {
            var half = events.Count / 2;
            events.RemoveRange(0, half);
            Dropped += half;
        }
        events.Add(e);
    }
}
