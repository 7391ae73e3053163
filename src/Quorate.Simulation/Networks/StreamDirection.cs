using Quorate.Simulation.Execution;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Networks;

/// <summary>
/// One direction of a connection: segments travel in order. Loss and cuts never show as missing bytes: the stream stalls, is sent again
/// with growing pauses, and is reset when nothing got through for too long.
/// </summary>
internal sealed class StreamDirection : SimulatedEvent
{
    private readonly SimulatedConnection sender;
    private readonly SimulatedConnection receiver;
    private readonly SimulatedNetwork network;
    private readonly Link link;
    private readonly Queue<Segment> underWay = new();
    private readonly AckFlight ack;
    private readonly long resetAfter;
    private readonly IMessageLabeler? labeler;
    private long lastDue;
    private long stalledSince = -1;
    private long backoff;

    public StreamDirection(SimulatedConnection sender, SimulatedConnection receiver, SimulatedNetwork network)
    {
        this.sender = sender;
        this.receiver = receiver;
        this.network = network;
        link = network.LinkBetween(sender.Host, receiver.Host);
        ack = new AckFlight(this);
        var longest = network.Options.ResetAfter;
        resetAfter = link.Random.NextTimeSpan(longest / 2, longest).Ticks;
        labeler = network.Engine.Record?.NewStreamLabeler();
    }

    /// <summary>The sender's bytes not yet taken in by the receiver's side.</summary>
    public int InFlightBytes { get; private set; }

    public void Send(SegmentKind kind, byte[] bytes)
    {
        if (kind == SegmentKind.Data && sender.Host.Rewriter is { } rewriter)
            bytes = rewriter(new OutgoingMessage(sender.Remote, IsDatagram: false, bytes, link.Random)) ?? [];
        InFlightBytes += bytes.Length;
        var latency = network.DrawTransit(link, bytes.Length);
        if (link.Random.Chance(network.Loss))
            latency += network.Options.RetransmitAfter.Ticks;
        lastDue = Math.Max(lastDue, network.Engine.Now + latency);
        underWay.Enqueue(new Segment(kind, bytes, lastDue, network.Engine.Record is { } record ? Record(record, kind, bytes) : 0));
        if (underWay.Count == 1)
            network.Engine.ScheduleAt(this, lastDue);
    }

    private Link Back => network.LinkBetween(receiver.Host, sender.Host);

    /// <summary>Drops what is under way; a reset overtakes it.</summary>
    public void Clear()
    {
        RecordLost(LossCause.Reset);
        underWay.Clear();
    }

    public override void Fire()
    {
        if (underWay.Count == 0)
            return;
        var engine = network.Engine;
        if (link.CloggedUntil > engine.Now)
        {
            engine.ScheduleAt(this, network.RetryAfterClog(link));
            return;
        }
        if (link.Cuts > 0 || receiver.IsSilent)
        {
            Stall(this);
            return;
        }
        stalledSince = -1;
        Arrive(engine);
    }

    /// <summary>The receiver's side has taken bytes in: the sender may send as many more, once the word is back.</summary>
    public void Acknowledge(int bytes) => ack.Add(bytes);

    private void Arrive(Engine engine)
    {
        while (underWay.TryPeek(out var segment))
        {
            if (segment.Due > engine.Now)
            {
                engine.ScheduleAt(this, segment.Due);
                return;
            }
            underWay.Dequeue();
            engine.Trace.Add(TraceKind.Segment, engine.Now, receiver.Host.Index, ((long)segment.Kind << 24) + segment.Bytes.Length);
            receiver.Arrive(segment);
        }
    }

    private void Stall(SimulatedEvent retry)
    {
        var engine = network.Engine;
        if (stalledSince < 0)
        {
            stalledSince = engine.Now;
            if (underWay.TryPeek(out var first))
                engine.Record?.Held(first.Id);
            backoff = network.Options.RetransmitAfter.Ticks;
        }
        if (engine.Now - stalledSince >= resetAfter)
        {
            RecordLost(LossCause.Cut);
            sender.ResetBoth("nothing got through to the peer for too long");
            return;
        }
        engine.Schedule(retry, Math.Min(backoff, stalledSince + resetAfter - engine.Now));
        backoff = Math.Min(backoff * 2, network.Options.RetransmitAfter.Ticks * 32);
    }

    private long Record(RunRecord record, SegmentKind kind, byte[] bytes) => kind == SegmentKind.Data
        ? record.Streamed(sender.Host.Name, receiver.Host.Name, bytes, labeler)
        : record.Controlled(sender.Host.Name, receiver.Host.Name, WordOf(kind));

    private static string WordOf(SegmentKind kind) => kind switch
    {
        SegmentKind.End => "end",
        SegmentKind.StopSending => "stop sending",
        _ => "reset",
    };

    private void RecordLost(LossCause cause)
    {
        if (network.Engine.Record is not { } record)
            return;
        foreach (var segment in underWay)
            record.Lost(segment.Id, cause);
    }

    /// <summary>Acknowledgements on their way back; several merge into one.</summary>
    private sealed class AckFlight(StreamDirection direction) : SimulatedEvent
    {
        private int bytes;

        public void Add(int count)
        {
            bytes += count;
            if (Ticket == 0)
                direction.network.Engine.Schedule(this, direction.network.DrawLatency(direction.Back));
        }

        public override void Fire()
        {
            var network = direction.network;
            var back = direction.Back;
            if (back.CloggedUntil > network.Engine.Now)
                network.Engine.ScheduleAt(this, network.RetryAfterClog(back));
            else if (back.Cuts > 0)
                direction.Stall(this);
            else
                Land();
        }

        private void Land()
        {
            direction.stalledSince = -1;
            direction.InFlightBytes -= bytes;
            bytes = 0;
            direction.sender.WindowOpened();
        }
    }
}
